"""What is forgotten doesn't compile. Each test adds something to a copy of a header, compiles a file of the program
against it, and looks for the compiler's complaint about the very thing that was added."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INCLUDED = [ROOT / "server", ROOT / "examples"]


def find(name):
    return next(folder / name for folder in INCLUDED if (folder / name).exists())


def compile_with(source, shadow=None, header=None, replacements=()):
    """The compiler's errors for `source`, with `replacements` made in a copy of `header` that shadows the real one."""
    folders = INCLUDED
    if header:
        text = find(header).read_text()
        for old, new in replacements:
            assert text.count(old) == 1, f"{header} no longer says {old!r} once"
            text = text.replace(old, new)
        (shadow / header).parent.mkdir(parents=True)
        (shadow / header).write_text(text)
        folders = [shadow, *INCLUDED]
    done = subprocess.run(
        ["g++", "-std=c++23", "-fsyntax-only", "-w", *(f"-I{folder}" for folder in folders), find(source)],
        capture_output=True, text=True,
    )
    return "\n".join(line for line in done.stderr.splitlines() if "error:" in line)


PAINTED = """struct WorkspacePainted {
  static constexpr std::string_view type = "workspace.painted";
  static constexpr Audience audience = Audience::workspace;
  static constexpr bool durable = true;
  static constexpr std::string_view doc = "The workspace has another colour.";
  static constexpr std::array<std::string_view, 1> field_docs{"The workspace."};
  WorkspaceId workspace_id;
};
BOOST_DESCRIBE_STRUCT(WorkspacePainted, (), (workspace_id))

struct Hello {"""

TEAM_ARCHIVED = """struct TeamArchived {
  static constexpr std::string_view type = "workspaces.team.archived";
  kernel::TeamId team_id;
};
BOOST_DESCRIBE_STRUCT(TeamArchived, (), (team_id))

using Events"""

CARD_RENAMED = """struct CardRenamed {
  static constexpr std::string_view type = "board.card.renamed";
  BoardId board_id;
  CardId card_id;
};
BOOST_DESCRIBE_STRUCT(CardRenamed, (), (board_id, card_id))

using Events"""


@pytest.mark.parametrize("source", [
    "catalog/example.cpp", "realtime/event_projection.cpp", "workspaces/team.cpp", "board/server/card.cpp",
    "board/server/board_projection.cpp"])
def test_the_files_compile_as_they_are(source):
    assert compile_with(source) == ""


def test_a_server_event_without_an_example_does_not_compile(tmp_path):
    errors = compile_with("catalog/example.cpp", tmp_path, "catalog/server_event.hpp", [
        ("struct Hello {", PAINTED), ("std::variant<Hello,", "std::variant<WorkspacePainted, Hello,")])
    assert "WorkspacePainted" in errors


def test_a_domain_event_that_nobody_is_told_of_does_not_compile(tmp_path):
    errors = compile_with("realtime/event_projection.cpp", tmp_path, "workspaces/events.hpp", [
        ("using Events", TEAM_ARCHIVED), ("EventList<WorkspaceCreated,", "EventList<TeamArchived, WorkspaceCreated,")])
    assert "project(" in errors and "TeamArchived" in errors


def test_recording_an_event_that_is_not_listed_does_not_compile(tmp_path):
    errors = compile_with("workspaces/team.cpp", tmp_path, "workspaces/events.hpp", [
        ("TeamUpdated, TeamDeleted, TeamMemberAdded", "TeamUpdated, TeamMemberAdded")])
    assert "add the event to its feature's EventList" in errors


def test_an_event_of_the_board_that_nobody_is_told_of_does_not_compile(tmp_path):
    errors = compile_with("board/server/board_projection.cpp", tmp_path, "board/server/events.hpp", [
        ("using Events", CARD_RENAMED), ("CardMoved, CardRemoved>", "CardMoved, CardRemoved, CardRenamed>")])
    assert "project(" in errors and "CardRenamed" in errors


def test_recording_an_event_that_the_board_does_not_list_does_not_compile(tmp_path):
    errors = compile_with("board/server/card.cpp", tmp_path, "board/server/events.hpp", [
        ("CardMoved, CardRemoved>", "CardRemoved>")])
    assert "add the event to its feature's EventList" in errors


def test_a_board_event_that_the_catalog_lacks_does_not_compile(tmp_path):
    errors = compile_with("board/server/board_projection.cpp", tmp_path, "board/server/board_event.hpp", [
        ("wire::CardMoved, wire::CardRemoved>", "wire::CardRemoved>")])
    assert "CardMoved" in errors
