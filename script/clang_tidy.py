"""Runs clang-tidy over the C++ files given, several of a folder at a time: most of its work is for the headers that they have in
common. Where some don't go together, such as two with a helper of the same name, each half is read by itself, and so on.

    script/clang_tidy.py BUILD_DIRECTORY FILE…
"""

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[1]
TOGETHER = 8
TIDY = ["clang-tidy-19", "--quiet", "--warnings-as-errors=*", f"--config-file={ROOT / '.clang-tidy'}"]


def groups_of(files):
    folders = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    for members in folders.values():
        count = -(-len(members) // TOGETHER)
        yield from (members[start::count] for start in range(count))


def tidy(database, file, *options):
    done = subprocess.run([*TIDY, *options, "-p", database, file], capture_output=True, text=True)
    return done.returncode == 0, done.stdout


def together(scratch, commands, group):
    """A compilation database with one unit that includes the whole group."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    unit = folder / "unit.cpp"
    unit.write_text("".join(f'#include "{file}"\n' for file in group))
    command = commands[group[0]]
    entry = {"directory": command["directory"], "file": str(unit),
             "command": command["command"].replace(str(group[0]), str(unit))}
    (folder / "compile_commands.json").write_text(json.dumps([entry]))
    return folder, unit


def main():
    build = Path(sys.argv[1]).resolve()
    commands = {Path(entry["file"]): entry for entry in json.loads((build / "compile_commands.json").read_text())}
    files = [ROOT / file for file in sys.argv[2:] if ROOT / file in commands]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as workers:
        def complaints_of(group):
            if len(group) == 1:
                is_clean, text = tidy(build, group[0])
                return [] if is_clean else [text]
            if tidy(*together(scratch, commands, group), "--checks=-bugprone-suspicious-include")[0]:
                return []
            half = len(group) // 2
            return complaints_of(group[:half]) + complaints_of(group[half:])

        complaints = list(chain.from_iterable(workers.map(complaints_of, groups_of(files))))
    print("\n".join(complaints), end="")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
