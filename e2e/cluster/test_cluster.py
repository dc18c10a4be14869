"""Three real nodes on one PostgreSQL, over each backplane: what happens on one is seen on all, whatever is killed."""

import itertools
import signal
import threading
import time

import pytest
import requests

from harness import Person, Refused, durable, eventually

SWEEP = 6.0  # seconds: two of the sweeps that make up for a broker, on a machine that has much to do
AT_ONCE = 1.5  # seconds in which a node that has lost its broker still ends sockets: one, and some for the machine


def at(person, node):
    """The same person, with the same session, at another node."""
    other = Person(node, person.email)
    other.http.cookies.update(person.http.cookies)
    return other


def tabs_on_all(clustered, person, slug="acme"):
    return {node.name: at(person, node).open_tab(slug) for node in clustered.cluster}


def presence_of(tab, member, online, timeout=10.0):
    deadline = time.monotonic() + timeout
    while True:
        frame = tab.next("presence.update", timeout=max(0.01, deadline - time.monotonic()))
        if frame["memberId"] == member and frame["online"] == online:
            return frame


def test_a_change_on_one_node_is_seen_on_all_in_order_and_once(clustered):
    ada = clustered.person("ada@acme.test")
    tabs = tabs_on_all(clustered, ada)
    assert {name: tab.hello["node"] for name, tab in tabs.items()} == {"a": "a", "b": "b", "c": "c"}
    created = []
    for number in range(15):
        node = list(clustered.cluster)[number % 3]
        answer = at(ada, node).post("/v1/workspaces/acme/teams", {"name": f"Team {number}"})
        created.append(answer.json()["id"])
    for tab in tabs.values():
        frames = [tab.next("team.created") for _ in created]
        assert [frame["team"]["id"] for frame in frames] == created
        seqs = [frame["seq"] for frame in frames]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_presence_is_seen_across_nodes(clustered):
    ada, grace = clustered.person("ada@acme.test"), clustered.person("grace@acme.test", "b")
    tab = ada.open_tab()
    hers = grace.open_tab()
    me = hers.hello["memberId"]
    assert presence_of(tab, me, online=True)
    third = at(ada, clustered.cluster["c"]).open_tab()
    eventually(lambda: me in {one["memberId"] for one in at(ada, clustered.cluster["c"]).snapshot()["presence"]
                              if one["online"]})
    hers.close()
    assert presence_of(tab, me, online=False)
    assert presence_of(third, me, online=False)


def test_room_signals_cross_nodes(clustered):
    ada, grace = clustered.person("ada@acme.test"), clustered.person("grace@acme.test", "b")
    here, there = ada.open_tab(), grace.open_tab()
    assert here.ask({"type": "room.join", "room": "workspace"})["type"] == "reply"
    assert there.ask({"type": "room.join", "room": "workspace"})["type"] == "reply"
    eventually(lambda: _signal_arrives(here, there))


def _signal_arrives(here, there):
    here.send({"type": "room.signal", "room": "workspace", "kind": "reaction", "payload": {"emoji": "👋"}})
    try:
        return there.next("room.signal", timeout=0.5)
    except AssertionError:
        return None


def test_a_killed_nodes_members_go_offline_after_the_lease_and_nobody_else_does(clustered):
    ada, grace, alan = (clustered.person(f"{name}@acme.test") for name in ("ada", "grace", "alan"))
    watching = at(ada, clustered.cluster["a"]).open_tab()
    gone = at(grace, clustered.cluster["b"]).open_tab().hello["memberId"]
    stays = at(alan, clustered.cluster["c"]).open_tab().hello["memberId"]
    presence_of(watching, gone, online=True)
    presence_of(watching, stays, online=True)
    watching.drain()
    clustered.cluster["b"].kill()
    killed_at = time.monotonic()
    presence_of(watching, gone, online=False, timeout=12)
    assert time.monotonic() - killed_at > 1.0, "it flipped before the lease was over"
    assert not [frame for frame in watching.drain() if frame.get("memberId") == stays]


def test_changes_cross_nodes_while_the_broker_is_down_and_when_it_is_back(clustered, backplane):
    if backplane == "postgres":
        pytest.skip("the broker is the database")
    ada = clustered.person("ada@acme.test")
    tabs = tabs_on_all(clustered, ada)
    clustered.broker.kill()
    ada.post("/v1/workspaces/acme/teams", {"name": "While it is down"})
    for tab in tabs.values():
        assert tab.next("team.created", timeout=SWEEP)["team"]["name"] == "While it is down"
    clustered.broker.restart()
    for number in range(5):
        ada.post("/v1/workspaces/acme/teams", {"name": f"Back {number}"})
    for tab in tabs.values():
        assert [tab.next("team.created", timeout=SWEEP)["team"]["name"] for _ in range(5)] == [
            f"Back {number}" for number in range(5)]


@pytest.mark.parametrize("broker", ["up", "down"])
def test_a_session_that_ends_on_one_node_ends_its_sockets_on_another(clustered, backplane, broker):
    if broker == "down":
        if backplane == "postgres":
            pytest.skip("the broker is the database")
        clustered.broker.kill()
    grace = clustered.person("grace@acme.test")
    tab = at(grace, clustered.cluster["b"]).open_tab()
    assert grace.delete("/v1/session").status_code in (200, 204)
    assert tab.wait_closed(AT_ONCE) == 4401


@pytest.mark.parametrize("broker", ["up", "down"])
def test_a_member_who_is_removed_on_one_node_is_sent_away_on_another(clustered, backplane, broker):
    ada, alan = clustered.person("ada@acme.test"), clustered.person("alan@acme.test")
    tab = at(alan, clustered.cluster["c"]).open_tab()
    if broker == "down":
        if backplane == "postgres":
            pytest.skip("the broker is the database")
        clustered.broker.kill()
    assert ada.delete(f"/v1/workspaces/acme/members/{tab.hello['memberId']}").status_code in (200, 204)
    assert tab.wait_closed(AT_ONCE) == 4403


def test_sockets_outlive_a_crash_of_postgresql(clustered):
    ada = clustered.person("ada@acme.test")
    tabs = tabs_on_all(clustered, ada)
    clustered.postgresql.kill()
    assert ada.post("/v1/workspaces/acme/teams", {"name": "Refused"}).status_code == 503
    clustered.postgresql.restart()
    eventually(lambda: ada.post("/v1/workspaces/acme/teams", {"name": "Done"}).status_code in (201, 409))
    for tab in tabs.values():
        assert tab.next("team.created")["team"]["name"] == "Done"
        assert not tab.closed.is_set()


def test_a_node_that_was_frozen_for_ten_seconds_catches_up(clustered):
    ada, grace = clustered.person("ada@acme.test"), clustered.person("grace@acme.test")
    tab = ada.open_tab()
    frozen = at(grace, clustered.cluster["b"]).open_tab()
    presence_of(tab, frozen.hello["memberId"], online=True)
    clustered.cluster["b"].process.send_signal(signal.SIGSTOP)
    names = [f"Team {number}" for number in range(5)]
    for name in names:
        ada.post("/v1/workspaces/acme/teams", {"name": name})
    presence_of(tab, frozen.hello["memberId"], online=False, timeout=12)
    time.sleep(10 - 2)
    clustered.cluster["b"].process.send_signal(signal.SIGCONT)
    assert [frozen.next("team.created")["team"]["name"] for _ in names] == names
    presence_of(tab, frozen.hello["memberId"], online=True)


def test_a_rolling_restart_under_load_loses_no_command_and_no_event(start_cluster):
    """Nodes stop as they do by default, so that nginx has let go of its connections to them in time."""
    clustered = start_cluster("--drain", "3s")
    ada = clustered.entrance.sign_in("ada@acme.test")
    first = ada.open_tab()
    created, refused, stop = [], [], threading.Event()

    def write(who):
        person = at(ada, clustered.entrance)
        for number in itertools.count():
            if stop.is_set():
                return
            try:
                # nginx repeats no POST once a node has it.
                answer = person.post("/v1/workspaces/acme/teams", {"name": f"Team {who} {number}"})
            except requests.RequestException as error:
                refused.append(error)
                continue
            if answer.status_code == 201:
                created.append(answer.json()["id"])
            else:
                refused.append((answer.status_code, answer.text))
            time.sleep(0.2)  # a workspace takes 500 teams

    writers = [threading.Thread(target=write, args=(who,)) for who in "abc"]
    for writer in writers:
        writer.start()
    tab, frames, cursor = first, [], first.hello["seq"]
    epoch = first.hello["epoch"]
    try:
        for node in clustered.cluster:
            assert node.stop() == 0
            node.restart()
            if tab.closed.wait(2):
                tab.wait_closed()
                frames += durable(tab.seen)
                cursor = frames[-1]["seq"] if frames else cursor
                tab = _come_back(ada, cursor, epoch)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert refused == []
    head = ada.snapshot()["seq"]
    eventually(lambda: (tab.drain(), durable(tab.seen) and durable(tab.seen)[-1]["seq"] >= head)[1])
    frames += durable(tab.seen)
    seqs = [frame["seq"] for frame in frames]
    assert seqs == list(range(seqs[0], seqs[-1] + 1)), "an event is missing, or came twice"
    assert sorted(created) == sorted(frame["team"]["id"] for frame in frames if frame["type"] == "team.created")
    assert set(created) <= {team["id"] for team in ada.snapshot()["teams"]}


def _come_back(person, cursor, epoch):
    back = []

    def try_it():
        try:
            back.append(person.open_tab(query=f"&after={cursor}&epoch={epoch}"))
        except Refused:
            return False
        return True
    eventually(try_it)
    return back[0]
