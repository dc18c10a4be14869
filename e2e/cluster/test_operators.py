"""What an operator asks of one node and tells it holds on the others, too."""

from harness import eventually
from operators import Operator, make_key
from test_cluster import SWEEP, at


def test_what_an_operator_does_at_one_node_is_done_on_all(clustered):
    nodes = clustered.cluster
    key = make_key(nodes["a"], "--scope", "read,disconnect,publish", database=clustered.database)
    operator = Operator(nodes["a"], key)
    ada, grace = clustered.person("ada@acme.test", "b"), clustered.person("grace@acme.test", "c")
    adas, graces = ada.open_tab(), grace.open_tab()
    eventually(lambda: sorted(peer["name"] for peer in operator.get("/v1/admin/status").json()["peers"]) == ["b", "c"])
    status = operator.get("/v1/admin/status").json()
    assert (status["node"], status["connections"], status["backplane"]["connected"]) == ("a", 0, True)
    assert Operator(nodes["b"], key).get("/v1/admin/workspaces/acme/sockets").json()["count"] == 1
    online = lambda: operator.get("/v1/admin/workspaces/acme/presence").json()["online"]  # noqa: E731
    eventually(lambda: online() == 2)

    for tab in (adas, graces):
        assert tab.ask({"type": "room.join", "room": "workspace"})["type"] == "reply"

    def signalled():
        operator.post("/v1/admin/workspaces/acme/rooms/workspace/signals", {"kind": "deploy", "payload": 7})
        try:
            return all(tab.next("room.signal", timeout=0.5)["payload"] == 7 for tab in (adas, graces))
        except AssertionError:
            return False

    eventually(signalled)

    answer = operator.post(f"/v1/admin/workspaces/acme/members/{adas.hello['memberId']}/disconnect").json()
    assert answer == {"node": "a", "closedHere": 0}
    assert adas.wait_closed() == 1001
    assert not graces.closed.is_set()
    session = next(s["id"] for s in grace.get("/v1/sessions").json() if s["current"])
    assert operator.post(f"/v1/admin/sessions/{session}/revoke").status_code == 204
    assert graces.wait_closed(SWEEP) == 4401
    assert at(grace, nodes["b"]).get("/v1/me").status_code == 401
