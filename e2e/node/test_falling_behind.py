"""A node whose threads can't tell tabs of what was committed as fast as it is committed."""

import time

import pytest

from frozen_thread import frozen
from harness import durable, eventually, metric


@pytest.fixture
def node(start_measured):
    return start_measured("--max-queue-wait", "200ms")


def rename(person, name):
    return person.patch("/v1/workspaces/acme", {"name": name})


def test_while_tabs_cannot_be_told_commands_are_refused_and_reads_go_on(node):
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    assert rename(ada, "Before").ok
    taken = 1
    began = time.monotonic()
    with frozen(node, "realtime"):
        while (refusal := rename(ada, f"Name {taken}")).ok:
            taken += 1
            assert time.monotonic() < began + 10, "commands are taken on and on"
        assert refusal.status_code == 503
        assert refusal.json()["code"] == "node.overloaded" and refusal.headers["Retry-After"] == "1"
        assert rename(ada, "Not now").status_code == 503
        assert ada.get("/v1/me").ok
    eventually(lambda: rename(ada, "After").ok)
    events = [tab.next("workspace.updated") for _ in range(taken + 1)]
    seqs = [event["seq"] for event in events]
    assert seqs == list(range(seqs[0], seqs[0] + taken + 1)), "each command that was taken has its event, and no other has"
    assert events[-1]["workspace"]["name"] == "After"
    assert durable(tab.drain()) == []
    assert metric(node, "orbit_commands_refused_total", '{limit="tabs"}') >= 2
