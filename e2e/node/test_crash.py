"""Commit and event are one (promise 1): kill -9 in the middle of a stream of commands loses and invents nothing."""

import sqlite3
import threading

import pytest
import requests

from harness import ON_POSTGRESQL, durable, eventually


def agree(node):
    """The log has no gaps, its heads are right, and rows and log tell the same story."""
    for workspace_id, seq in node.query("SELECT workspace_id, seq FROM streams"):
        seqs = [row[0] for row in node.query(
            "SELECT seq FROM event_log WHERE workspace_id = ? ORDER BY seq", workspace_id)]
        assert seqs == list(range(1, seq + 1))
    logged = {row[0] for row in node.query(
        "SELECT ids FROM event_log WHERE type = 'workspaces.team.created'")}
    stored = {row[0] for row in node.query("SELECT id FROM teams")}
    assert {team for team in stored if not any(team in ids for ids in logged)} == set()
    assert len(logged) == len(stored)


def all_published(node):
    return node.query("SELECT count(*) FROM streams WHERE published_seq < seq") == [(0,)]


def write(person, name, answered):
    for number in range(1_000_000):
        try:
            answer = person.post("/v1/workspaces/acme/teams", {"name": f"{name} {number}"})
        except requests.exceptions.RequestException:
            return
        if answer.status_code != 201:
            return
        answered.append(answer.json()["id"])


def test_kill_in_the_middle_of_a_stream_of_commands_loses_and_invents_nothing(start_node):
    node = start_node()
    for round_number in range(5):
        answered = []
        people = [node.sign_in(email) for email in ("ada@acme.test", "grace@acme.test")]
        writers = [threading.Thread(target=write, args=(person, f"r{round_number} w{index}", answered))
                   for index, person in enumerate(people)]
        for writer in writers:
            writer.start()
        eventually(lambda: len(answered) >= 10 * (round_number + 1))
        node.kill()
        for writer in writers:
            writer.join()
        node.restart()
        stored = {row[0] for row in node.query("SELECT id FROM teams")}
        assert set(answered) <= stored, "an answered command is gone"
        agree(node)
        eventually(lambda: all_published(node))


@pytest.mark.skipif(ON_POSTGRESQL, reason="there the relay keeps no position in the database")
def test_what_was_committed_but_not_published_before_a_crash_is_published_at_the_start(start_node):
    """The relay's position is put back, as a crash between commit and broadcast leaves it."""
    node = start_node()
    ada = node.sign_in("ada@acme.test")
    ada.patch("/v1/workspaces/acme", {"name": "Before the crash"})
    node.kill()
    with sqlite3.connect(node.database.path) as database:
        database.execute("UPDATE streams SET published_seq = published_seq - 1")
    node.restart()
    eventually(lambda: all_published(node))
    tab = ada.open_tab()
    assert tab.hello["seq"] == ada.snapshot()["seq"]


def test_tabs_see_every_seq_once_while_many_write(node, ada, grace, alan):
    tabs = [person.open_tab() for person in (ada, grace, alan)]
    answered = []
    writers = []
    for index, person in enumerate((ada, grace)):
        def work(person=person, index=index):
            for number in range(40):
                answer = person.post("/v1/workspaces/acme/teams", {"name": f"team {index} {number}"})
                assert answer.status_code == 201, answer.text
                answered.append(answer.json()["id"])
        writers.append(threading.Thread(target=work))
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for tab in tabs:
        tab.drain()
        seqs = [frame["seq"] for frame in durable(tab.seen)]
        assert seqs == list(range(tab.hello["seq"] + 1, tab.hello["seq"] + 81))
        assert {frame["team"]["id"] for frame in durable(tab.seen)} == set(answered)
