"""What is forgotten doesn't compile, in TypeScript. Each test adds an event to a copy of the types, has the compiler
check the real code against it, and looks for its complaint in the place that has no case for it."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CATALOG = "packages/catalog/src/generated/catalog.ts"
APPLY = "packages/client/src/apply_server_event.ts"
BOARD_EVENT = "examples/board/client/src/board_event.ts"
BOARD_STORE = "examples/board/client/src/board_store.ts"


@pytest.fixture
def copy(tmp_path):
    """A folder with the sources of the packages and the example, and none of their tests."""
    for folder in ["packages/catalog/src", "packages/client/src", "examples/board/client/src"]:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.test.ts", "testing"))
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "tsconfig.json").write_text(json.dumps({
        "extends": str(ROOT / "tsconfig.base.json"),
        "compilerOptions": {"noEmit": True, "paths": {
            "@orbit/catalog": ["./packages/catalog/src/index.ts"], "@orbit/client": ["./packages/client/src/index.ts"]}},
        "include": ["packages", "examples"],
    }))
    return tmp_path


def errors_in(folder):
    """What the compiler complains of: (file, message)."""
    done = subprocess.run(["npx", "tsc", "--project", folder / "tsconfig.json", "--pretty", "false"], cwd=ROOT,
                          capture_output=True, text=True)
    found = [line.split("): error ", 1) for line in done.stdout.splitlines() if "): error " in line]
    assert found or done.returncode == 0, done.stdout + done.stderr
    return [(where.rsplit("(", 1)[0].split(folder.name + "/")[-1], message) for where, message in found]


def replace(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} no longer says {old!r} once"
    file.write_text(text.replace(old, new))


def test_the_packages_compile_as_they_are(copy):
    assert errors_in(copy) == []


def test_a_server_event_without_a_case_does_not_compile(copy):
    replace(copy / CATALOG, "export type ServerEvent =\n", """export interface WorkspacePaintedEvent {
  readonly type: "workspace.painted";
  readonly seq: number;
}
export type ServerEvent =
  | WorkspacePaintedEvent
""")
    [(file, message)] = errors_in(copy)
    assert file == APPLY
    assert "'WorkspacePaintedEvent' is not assignable to parameter of type 'never'" in message


def test_a_board_event_without_a_case_or_a_check_does_not_compile(copy):
    replace(copy / BOARD_EVENT, "export type BoardEvent =\n", """export type BoardEvent =
  | { readonly type: "card.renamed"; readonly seq: number; readonly card: CardDTO }
""")
    (first, check), (second, case) = sorted(errors_in(copy))
    assert first == BOARD_EVENT and '\'"card.renamed"\' is missing' in check
    assert second == BOARD_STORE and "is not assignable to parameter of type 'never'" in case
