"""A node whose threads can't tell tabs of what was committed as fast as it is committed."""

import time

import pytest

from frozen_thread import frozen
from harness import eventually, metric


@pytest.fixture
def node(start_measured):
    return start_measured("--max-queue-wait", "200ms")


def rename(person, name):
    return person.patch("/v1/workspaces/acme", {"name": name})


def test_while_tabs_cannot_be_told_commands_are_refused_and_reads_go_on(node):
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    taken = ["Before"]
    assert rename(ada, "Before").ok
    began = time.monotonic()
    with frozen(node, "realtime"):
        while (refusal := rename(ada, f"Name {len(taken)}")).ok:
            taken.append(f"Name {len(taken)}")
            assert time.monotonic() < began + 10, "commands are taken on and on"
        assert refusal.status_code == 503
        assert refusal.json()["code"] == "node.overloaded" and refusal.headers["Retry-After"] == "1"
        assert rename(ada, "Not now").status_code == 503
        assert ada.get("/v1/me").ok
    eventually(lambda: rename(ada, "After").ok)
    # Each tells what is so when it is told: the last name, to all that waited.
    events = [tab.next("workspace.updated")]
    while events[-1]["workspace"]["name"] != "After":
        events.append(tab.next("workspace.updated"))
    seqs = [event["seq"] for event in events]
    assert seqs == list(range(seqs[0], seqs[0] + len(taken) + 1)), "each command that was taken has its event, and no other has"
    assert metric(node, "orbit_commands_refused_total", '{limit="tabs"}') >= 2
