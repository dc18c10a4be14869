"""What is forgotten doesn't compile. Each test adds something to a copy of a header, compiles a file of the program
against it, and looks for the compiler's complaint about the very thing that was added."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "server"


def compile_with(source, shadow=None, header=None, replacements=()):
    """The compiler's errors for `source`, with `replacements` made in a copy of `header` that shadows the real one."""
    shadows = []
    if header:
        text = (SERVER / header).read_text()
        for old, new in replacements:
            assert text.count(old) == 1, f"{header} no longer says {old!r} once"
            text = text.replace(old, new)
        (shadow / header).parent.mkdir(parents=True)
        (shadow / header).write_text(text)
        shadows = ["-I", shadow]
    done = subprocess.run(
        ["g++", "-std=c++23", "-fsyntax-only", "-w", *shadows, "-I", SERVER, SERVER / source],
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


@pytest.mark.parametrize("source", ["catalog/example.cpp", "realtime/realtime_event_publisher.cpp"])
def test_the_files_compile_as_they_are(source):
    assert compile_with(source) == ""


def test_a_server_event_without_an_example_does_not_compile(tmp_path):
    errors = compile_with("catalog/example.cpp", tmp_path, "catalog/server_event.hpp", [
        ("struct Hello {", PAINTED), ("std::variant<Hello,", "std::variant<WorkspacePainted, Hello,")])
    assert "WorkspacePainted" in errors


def test_a_domain_event_that_nobody_is_told_of_does_not_compile(tmp_path):
    errors = compile_with("realtime/realtime_event_publisher.cpp", tmp_path, "workspaces/events.hpp", [
        ("using Events", TEAM_ARCHIVED), ("EventList<WorkspaceCreated,", "EventList<TeamArchived, WorkspaceCreated,")])
    assert "project(" in errors and "TeamArchived" in errors


def test_recording_an_event_that_is_not_listed_does_not_compile(tmp_path):
    errors = compile_with("workspaces/team.cpp", tmp_path, "workspaces/events.hpp", [
        ("TeamUpdated, TeamDeleted, TeamMemberAdded", "TeamUpdated, TeamMemberAdded")])
    assert "add the event to its feature's EventList" in errors
