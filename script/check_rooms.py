"""Holds each room's includes against the DEPENDS of its CMakeLists.txt, and keeps heavy headers out of headers."""

import re
import sys
from pathlib import Path

SERVER = Path(__file__).parents[1] / "server"
# Templates that only .cpp files may see: forward declarations (fwd.hpp) are fine.
HEAVY = re.compile(r"boost/(asio|beast|json)(?!/fwd\.hpp)")
# Rooms that may not know these libraries at all.
FORBIDDEN = {
    "kernel": re.compile(r"boost/(asio|beast|json|url)|soci|spdlog|openssl|sodium"),
    "catalog": re.compile(r"boost/(asio|beast|url)|soci|spdlog|openssl|sodium"),
    "realtime": re.compile(r"boost/(asio|beast)|soci"),
}


def depends():
    rooms = {}
    for file in SERVER.glob("*/CMakeLists.txt"):
        call = re.search(r"orbit_room\((\w+)(.*?)\)", file.read_text(), re.DOTALL)
        if call:
            listed = re.search(r"DEPENDS\s+([a-z\s]+)", call.group(2))
            rooms[call.group(1)] = set(listed.group(1).split()) if listed else set()
    return rooms


def faults():
    rooms = depends()
    for file in sorted(SERVER.rglob("*.[ch]pp")):
        room = file.relative_to(SERVER).parts[0]
        if room not in rooms:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = re.match(r'\s*#include\s+["<]([^">]+)[">]', line)
            if not include:
                continue
            where, target = f"{file.relative_to(SERVER.parent)}:{number}", include.group(1)
            other = target.split("/")[0]
            if other in rooms and other != room and other not in rooms[room]:
                yield f"{where}: {room} does not list {other} in DEPENDS"
            if file.suffix == ".hpp" and not file.stem.endswith("_harness") and HEAVY.search(target):
                yield f"{where}: {target} belongs into a .cpp file"
            if room in FORBIDDEN and FORBIDDEN[room].search(target):
                yield f"{where}: {room} may not know {target}"


found = list(faults())
print("\n".join(found))
sys.exit(1 if found else 0)
