"""Sticky routing with the real nginx and HAProxy, and the files of deploy/ as they are: a workspace lives on one node."""

import itertools
import signal
import threading
import time

import pytest
import requests

from cluster import Entrance, make_workspaces
from harness import Refused, Tab, durable, eventually

COMMAND = "PATCH /v1/workspaces/{slug}"
SNAPSHOT = "GET /v1/workspaces/{slug}"
TEAM = "POST /v1/workspaces/{slug}/teams"
numbers = itertools.count()
RECOVERY = 15.0  # seconds: a node that is back is noticed


@pytest.fixture
def ada(sticky):
    return sticky.entrance.sign_in("ada@acme.test")


def node_of(sticky, person, slug):
    """The name of the node that the workspace's sockets go to."""
    tab = person.open_tab(slug)
    tab.close()
    return tab.hello["node"]


def routes(sticky, person, slugs):
    return {slug: node_of(sticky, person, slug) for slug in slugs}


def nodes_of_commands(sticky, person, slug):
    """The names of the nodes that the workspace's commands and snapshots go to, several of each kind."""
    def send():
        for _ in range(3):
            name = f"Team {next(numbers)}"
            assert person.patch(f"/v1/workspaces/{slug}", {"name": name}).status_code == 200
            assert person.get(f"/v1/workspaces/{slug}?for={name}").status_code == 200
            assert person.post(f"/v1/workspaces/{slug}/teams", {"name": name}).status_code == 201
    return sticky.cluster.serving(send, COMMAND, SNAPSHOT, TEAM)


def test_all_sockets_and_commands_of_a_workspace_reach_one_node(sticky, ada):
    slugs = make_workspaces(ada, 9)
    used = set()
    for slug in slugs:
        tabs, holding = sticky.cluster.holding(lambda slug=slug: [ada.open_tab(slug) for _ in range(4)])
        assert holding == nodes_of_commands(sticky, ada, slug)
        assert len(holding) == 1
        assert {tab.hello["node"] for tab in tabs} == holding
        used |= holding
    assert len(used) > 1, "all workspaces are on one node"


def test_what_belongs_to_no_workspace_goes_to_all_nodes(sticky, ada):
    before = {node.name: node.requests_served("GET /v1/me") for node in sticky.cluster}
    for _ in range(30):
        assert ada.get("/v1/me").status_code == 200
    served = [node.requests_served("GET /v1/me") - before[node.name] for node in sticky.cluster]
    assert sum(served) == 30
    assert min(served) >= 5


def test_a_dead_nodes_workspaces_move_and_come_back_and_the_others_stay(sticky, ada):
    slugs = make_workspaces(ada, 12)
    at_first = routes(sticky, ada, slugs)
    victim = sticky.cluster[at_first[slugs[0]]]
    victim.kill()
    moved = routes(sticky, ada, slugs)
    for slug in slugs:
        if at_first[slug] == victim.name:
            assert moved[slug] != victim.name
        else:
            assert moved[slug] == at_first[slug]
    assert {nodes_of_commands(sticky, ada, slug).pop() for slug in slugs} == set(moved.values())

    victim.restart()
    eventually(lambda: node_of(sticky, ada, slugs[0]) == victim.name, RECOVERY)
    eventually(lambda: routes(sticky, ada, slugs) == at_first, RECOVERY)
    for slug in slugs:
        assert nodes_of_commands(sticky, ada, slug) == {at_first[slug]}


def test_a_node_that_is_added_takes_its_share_and_no_other_workspace_moves(sticky, ada):
    slugs = make_workspaces(ada, 12)
    sticky.proxy.ports = sticky.cluster.ports[:2]
    sticky.proxy.reload()
    eventually(lambda: "c" not in routes(sticky, ada, slugs).values(), RECOVERY)
    before = routes(sticky, ada, slugs)
    sticky.proxy.ports = sticky.cluster.ports
    sticky.proxy.reload()
    eventually(lambda: "c" in routes(sticky, ada, slugs).values(), RECOVERY)
    after = routes(sticky, ada, slugs)
    assert {slug for slug in slugs if after[slug] != before[slug]} == {slug for slug in slugs if after[slug] == "c"}


def test_tabs_of_a_dead_node_come_back_with_their_cursor_and_miss_nothing(sticky, ada):
    slug = make_workspaces(ada, 1)[0]
    tab = ada.open_tab(slug)
    first = tab.hello
    stop = threading.Event()
    answered = []

    def write():
        person = sticky.entrance.sign_in("ada@acme.test")
        for number in range(10_000):
            if stop.is_set():
                return
            answer = person.post(f"/v1/workspaces/{slug}/teams", {"name": f"Team {number}"})
            if answer.status_code == 201:
                answered.append(answer.json()["id"])
            if len(answered) > 300:
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        eventually(lambda: len(answered) > 20)
        sticky.cluster[first["node"]].kill()
        tab.wait_closed()
        before = [frame["seq"] for frame in durable(tab.seen)]
        eventually(lambda: len(answered) > 60)
    finally:
        stop.set()
        writer.join()
    cursor = before[-1] if before else first["seq"]
    again = ada.open_tab(slug, query=f"&after={cursor}&epoch={first['epoch']}")
    assert again.hello["node"] != first["node"]
    assert again.hello["seq"] == cursor, "it could not go on from the cursor"
    head = ada.snapshot(slug)["seq"]
    frames = []
    eventually(lambda: (frames.extend(durable(again.drain())), frames and frames[-1]["seq"] >= head)[1])
    seqs = before + [frame["seq"] for frame in frames]
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    created = {frame["team"]["id"] for frame in durable(tab.seen) + frames if frame["type"] == "team.created"}
    assert set(answered) <= created


def test_a_handshake_for_a_dead_node_goes_to_the_next_at_once(sticky, ada):
    slugs = make_workspaces(ada, 6)
    at_first = routes(sticky, ada, slugs)
    victim = at_first[slugs[0]]
    sticky.cluster[victim].kill()
    for slug in [slug for slug in slugs if at_first[slug] == victim]:
        assert ada.open_tab(slug).hello["node"] != victim


def test_a_command_that_a_dead_node_never_got_is_done_once_by_another(sticky, ada):
    slug = make_workspaces(ada, 1)[0]
    sticky.cluster[node_of(sticky, ada, slug)].kill()
    answer = ada.post(f"/v1/workspaces/{slug}/teams", {"name": "Done once"})
    assert answer.status_code == 201, answer.text
    assert [team["name"] for team in ada.snapshot(slug)["teams"]] == ["Done once"]


class Sending(threading.Thread):
    """A request under way."""

    def __init__(self, person, method, path, body=None):
        super().__init__()
        self.person, self.what = person, (method, path, body)
        self.answer = None
        self.start()

    def run(self):
        method, path, body = self.what
        self.answer = self.person.http.request(method, self.person.node.url + path, json=body, timeout=30)


def test_a_command_that_was_under_way_when_its_node_died_is_not_sent_again(sticky, ada):
    slug = make_workspaces(ada, 1)[0]
    node = sticky.cluster[node_of(sticky, ada, slug)]
    others = [one for one in sticky.cluster if one is not node]
    before = [one.requests_served(TEAM) for one in others]
    node.process.send_signal(signal.SIGSTOP)
    sending = Sending(ada, "POST", f"/v1/workspaces/{slug}/teams", {"name": "At most once"})
    time.sleep(0.5)
    node.kill()
    sending.join()
    assert sending.answer.status_code in (502, 503), sending.answer.text
    assert [one.requests_served(TEAM) for one in others] == before
    assert ada.snapshot(slug)["teams"] == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_command_to_a_frozen_node_is_done_by_nobody_else_and_late_at_most_once(start_sticky, proxy_kind, method):
    waits = {"proxy_read_timeout            60s": "proxy_read_timeout 4s"} if proxy_kind == "nginx" else {
        "timeout server 60s": "timeout server 3s"}
    sticky = start_sticky(replace=waits)
    ada = sticky.entrance.sign_in("ada@acme.test")
    slug = make_workspaces(ada, 1)[0]
    node = sticky.cluster[node_of(sticky, ada, slug)]
    team = ada.post(f"/v1/workspaces/{slug}/teams", {"name": "Engines"}).json()["id"]
    if method == "POST":
        pattern, path, body = TEAM, f"/v1/workspaces/{slug}/teams", {"name": "Late"}
    else:
        me = ada.snapshot(slug)["you"]["id"]
        pattern = "PUT /v1/workspaces/{slug}/teams/{id}/members/{memberId}"
        path, body = f"/v1/workspaces/{slug}/teams/{team}/members/{me}", None
    before = {one.name: one.requests_served(pattern) for one in sticky.cluster}
    node.process.send_signal(signal.SIGSTOP)
    sending = Sending(ada, method, path, body)
    sending.join()
    assert sending.answer.status_code in (502, 503, 504), sending.answer.text
    asked = node.requests_served("GET /v1/me")
    node.process.send_signal(signal.SIGCONT)
    # HAProxy resets the connection that it gives up: a node doesn't serve one that was reset before it could accept it, but may
    # have read the command from one that it had before.
    late = {1} if proxy_kind == "nginx" else {0, 1}
    eventually(lambda: ada.get("/v1/me").ok and node.requests_served("GET /v1/me") > asked)
    eventually(lambda: node.requests_served(pattern) - before[node.name] in late)
    assert all(one.requests_served(pattern) == before[one.name] for one in sticky.cluster if one is not node)


def test_pages_of_foreign_origins_are_refused_as_without_a_proxy(sticky, ada):
    slug = make_workspaces(ada, 1)[0]
    with pytest.raises(Refused) as refusal:
        Tab(sticky.entrance, slug, cookie=ada.cookie, origin="https://evil.example")
    assert refusal.value.status == 403
    foreign = ada.post(f"/v1/workspaces/{slug}/teams", {"name": "x"}, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert foreign.json()["code"] == "origin.refused"


def test_a_socket_that_only_answers_pings_stays_open(start_sticky, proxy_kind):
    waits = {"75s": "3s"} if proxy_kind == "nginx" else {"timeout tunnel 75s": "timeout tunnel 3s"}
    sticky = start_sticky("--heartbeat", "1s", replace=waits)
    tab = sticky.entrance.sign_in("ada@acme.test").open_tab()
    assert not tab.closed.wait(8), f"it was closed with {tab.close_code}"
    assert tab.drain() == []


def test_a_node_that_stops_sends_its_tabs_to_the_next(start_sticky):
    sticky = start_sticky("--drain", "3s")
    ada = sticky.entrance.sign_in("ada@acme.test")
    slug = make_workspaces(ada, 1)[0]
    tab = ada.open_tab(slug)
    node = sticky.cluster[tab.hello["node"]]
    node.process.terminate()
    assert tab.wait_closed() == 1012
    served_by = []

    def comes_in():
        try:
            served_by.append(ada.open_tab(slug).hello["node"])
        except Refused as refusal:
            assert refusal.status == 503
        return served_by
    eventually(comes_in)
    assert served_by != [node.name]


def test_a_reload_brings_a_workspaces_tabs_together_again(sticky, ada):
    slug = make_workspaces(ada, 1)[0]
    home = node_of(sticky, ada, slug)
    sticky.cluster[home].kill()
    strayed = ada.open_tab(slug)
    assert strayed.hello["node"] != home
    sticky.cluster[home].restart()
    eventually(lambda: node_of(sticky, ada, slug) == home, RECOVERY)
    sticky.proxy.reload()
    strayed.wait_closed()
    back = ada.open_tab(slug, query=f"&after={strayed.hello['seq']}&epoch={strayed.hello['epoch']}")
    assert back.hello["node"] == home


def test_the_proxy_alone_says_so_when_no_node_is_there(sticky):
    for node in sticky.cluster:
        node.kill()
    assert requests.get(f"{sticky.entrance.url}/healthz", timeout=10).status_code in (502, 503)
    with pytest.raises(Refused) as refusal:
        Tab(Entrance(sticky.entrance.url), "acme", wait_for_hello=False)
    assert refusal.value.status in (502, 503)
