"""What the documents say of the code is so: each quoted piece stands in the file that it names, and each link leads to a
file of the project."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(ROOT.glob("docs/**/*.md"))]
# A block whose first line names a file after its language: ```cpp server/…/team.cpp
QUOTED = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)[^)]*\)")


def words(text):
    """Text without regard to how it is broken into lines and indented."""
    return " ".join(text.split())


def named(document):
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_quoted_code_stands_in_the_file_it_names(document):
    for file, code in QUOTED.findall(document.read_text()):
        assert words(code) in words((ROOT / file).read_text()), f"{file} no longer says:\n{code}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_lead_to_a_file(document):
    prose = BLOCK.sub("", document.read_text())
    assert [link for link in LINK.findall(prose) if not (document.parent / link).exists()] == []


def test_the_guide_to_adding_an_event_quotes_each_of_the_four_places():
    quoted = {file for file, _ in QUOTED.findall((ROOT / "docs/guides/add-an-event.md").read_text())}
    assert quoted >= {
        "examples/board/server/events.hpp", "examples/board/server/card.cpp", "examples/board/server/board_event.hpp",
        "examples/board/server/board_projection.cpp", "examples/board/client/src/board_event.ts",
        "examples/board/client/src/board_store.ts", "server/workspaces/team.cpp", "server/catalog/server_event.hpp",
        "server/realtime/event_projection.cpp", "packages/client/src/apply_server_event.ts"}
