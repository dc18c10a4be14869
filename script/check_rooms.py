"""Holds each room's includes against the DEPENDS of its CMakeLists.txt, and keeps heavy headers out of headers."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Templates and C libraries that only .cpp files may see: forward declarations (fwd.hpp) are fine.
HEAVY = re.compile(r"boost/(asio|beast|json)(?!/fwd\.hpp)|catalog/json_writer\.hpp|nats/|hiredis/|libpq-fe\.h")
# Rooms that may not know these libraries at all.
FORBIDDEN = {
    "kernel": re.compile(r"boost/(asio|beast|json|url)|soci|spdlog|openssl|sodium"),
    "catalog": re.compile(r"boost/(asio|beast|url)|soci|spdlog|openssl|sodium"),
    "realtime": re.compile(r"boost/(asio|beast)|soci"),
}


def read_rooms():
    """Of each room: its folder, and the rooms that it lists."""
    rooms = {}
    for file in sorted([*ROOT.glob("server/*/CMakeLists.txt"), *ROOT.glob("examples/*/server/CMakeLists.txt")]):
        call = re.search(r"orbit_room\((\w+)(.*?)\)", file.read_text(), re.DOTALL)
        if call:
            listed = re.search(r"DEPENDS\s+([a-z\s]+)", call.group(2))
            rooms[call.group(1)] = file.parent, set(listed.group(1).split()) if listed else set()
    return rooms


def faults():
    rooms = read_rooms()
    for room, (folder, depends) in rooms.items():
        for file in sorted(folder.rglob("*.[ch]pp")):
            yield from faults_in(file, room, depends, rooms)


def faults_in(file, room, depends, rooms):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        include = re.match(r'\s*#include\s+["<]([^">]+)[">]', line)
        if not include:
            continue
        where, target = f"{file.relative_to(ROOT)}:{number}", include.group(1)
        other = target.split("/")[0]
        if other in rooms and other != room and other not in depends:
            yield f"{where}: {room} does not list {other} in DEPENDS"
        is_for_tests = file.stem.endswith("_harness") or file.parent.name == "testing"
        if file.suffix == ".hpp" and not is_for_tests and HEAVY.search(target):
            yield f"{where}: {target} belongs into a .cpp file"
        if room in FORBIDDEN and FORBIDDEN[room].search(target):
            yield f"{where}: {room} may not know {target}"


found = list(faults())
print("\n".join(found))
sys.exit(1 if found else 0)
