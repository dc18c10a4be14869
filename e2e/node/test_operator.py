"""The operator API, and that its OpenAPI document tells the truth: keys and their scopes, what it shows and does."""

import json
import re

import pytest

from harness import eventually
from operators import DOCUMENT, Operator, make_key, orbit
from services import free_port

NOBODY = "mbr_00000000-0000-0000-0000-000000000000"
NO_SESSION = "sess_00000000-0000-0000-0000-000000000000"


@pytest.fixture
def start_operated(start_node):
    def start(*flags):
        port = free_port()
        node = start_node("--admin-listen", f"127.0.0.1:{port}", *flags)
        node.admin_url = f"http://127.0.0.1:{port}"
        return node

    return start


@pytest.fixture
def operated(start_operated):
    return start_operated()


@pytest.fixture
def operator(operated):
    return Operator(operated, make_key(operated, "--scope", "read,disconnect,publish", "--name", "the robot"))


def test_the_public_listener_has_nothing_of_it(node, ada):
    for path in ("/v1/admin/status", "/v1/admin/workspaces/acme/sockets"):
        answer = ada.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_status_tells_of_the_node_and_its_busiest_workspaces(operated, operator):
    ada, margaret = operated.sign_in("ada@acme.test"), operated.sign_in("margaret@globex.test")
    tabs = [ada.open_tab(), ada.open_tab(), margaret.open_tab("globex")]
    tabs[0].ask({"type": "room.join", "room": "workspace"})
    status = operator.get("/v1/admin/status").json()
    assert (status["connections"], status["rooms"], status["database"]) == (3, 1, status["database"])
    assert [(w["slug"], w["sockets"], w["online"]) for w in status["topWorkspaces"]] == [("acme", 2, 1), ("globex", 1, 1)]
    assert status["backplane"] == {"kind": "none", "connected": False} and status["peers"] == []
    ada.patch("/v1/workspaces/acme", {"name": "Renamed"})
    eventually(lambda: operator.get("/v1/admin/status").json()["relayLag"] == {"events": 0, "workspaces": 0, "lookedAt": 2})
    eventually(lambda: operator.get("/v1/admin/status").json()["rates"]["framesSent"] > 0)


def test_sockets_and_presence_tell_who_is_there(operated, operator):
    ada = operated.sign_in("ada@acme.test")
    tab, other = ada.open_tab(), operated.sign_in("grace@acme.test").open_tab()
    tab.ask({"type": "room.join", "room": "workspace"})
    answer = operator.get("/v1/admin/workspaces/acme/sockets").json()
    assert answer["count"] == 2
    socket = next(s for s in answer["sockets"] if s["memberId"] == tab.hello["memberId"])
    assert (socket["rooms"], socket["address"], socket["queuedBytes"]) == (["workspace"], "127.0.0.1", 0)
    assert socket["sessionId"] == next(s["id"] for s in ada.get("/v1/sessions").json() if s["current"])
    limited = operator.get("/v1/admin/workspaces/acme/sockets?limit=1").json()
    assert (limited["count"], len(limited["sockets"])) == (2, 1)

    presence = operator.get("/v1/admin/workspaces/acme/presence").json()
    assert presence["online"] == 2
    assert {m["memberId"] for m in presence["members"]} == {tab.hello["memberId"], other.hello["memberId"]}


def test_the_log_is_read_in_pieces(operated, operator):
    ada = operated.sign_in("ada@acme.test")
    for name in ("One", "Two", "Three"):
        ada.patch("/v1/workspaces/acme", {"name": name})
    whole = operator.get("/v1/admin/workspaces/acme/log?limit=1000").json()
    assert [e["seq"] for e in whole["entries"]] == list(range(1, whole["head"] + 1))
    piece = operator.get(f"/v1/admin/workspaces/acme/log?after={whole['head'] - 2}&limit=1").json()
    assert piece["entries"] == whole["entries"][-2:-1]
    assert "Three" not in json.dumps(whole), "the log has ids, not what they stand for"


def test_a_member_is_sent_away_and_may_come_back(operated, operator):
    ada = operated.sign_in("ada@acme.test")
    tabs = [ada.open_tab(), ada.open_tab()]
    other = operated.sign_in("grace@acme.test").open_tab()
    member = tabs[0].hello["memberId"]
    assert operator.post(f"/v1/admin/workspaces/acme/members/{member}/disconnect").json()["closedHere"] == 2
    assert [tab.wait_closed() for tab in tabs] == [1001, 1001]
    assert not other.closed.is_set()
    ada.open_tab()


def test_a_revoked_session_is_over(operated, operator):
    ada, elsewhere = operated.sign_in("ada@acme.test"), operated.sign_in("ada@acme.test")
    tab, kept = ada.open_tab(), elsewhere.open_tab()
    session = next(s["id"] for s in ada.get("/v1/sessions").json() if s["current"])
    assert operator.post(f"/v1/admin/sessions/{session}/revoke").status_code == 204
    assert tab.wait_closed() == 4401
    assert ada.get("/v1/me").status_code == 401
    assert not kept.closed.is_set() and elsewhere.get("/v1/me").status_code == 200
    assert operator.post(f"/v1/admin/sessions/{session}/revoke").status_code == 404


def test_another_backend_signals_to_a_room(operated, operator):
    ada, margaret = operated.sign_in("ada@acme.test"), operated.sign_in("margaret@globex.test")
    tab, stranger = ada.open_tab(), margaret.open_tab("globex")
    for one in (tab, stranger):
        one.ask({"type": "room.join", "room": "workspace"})
    path = "/v1/admin/workspaces/acme/rooms/workspace/signals"
    assert operator.post(path, {"kind": "deploy", "payload": {"build": 7}}).status_code == 204
    assert tab.next("room.signal") == {"type": "room.signal", "room": "workspace", "memberId": NOBODY,
                                       "kind": "deploy", "payload": {"build": 7}}
    member = tab.hello["memberId"]
    operator.post(path, {"kind": "typing", "payload": None, "memberId": member})
    assert tab.next("room.signal")["memberId"] == member
    assert not [f for f in stranger.drain() if f["type"] == "room.signal"]

    foreign = stranger.hello["memberId"]
    assert operator.post(path, {"kind": "typing", "payload": 1, "memberId": foreign}).status_code == 404
    unknown = operator.post("/v1/admin/workspaces/acme/rooms/kitchen/signals", {"kind": "x", "payload": 1})
    assert unknown.json()["code"] == "room.unknown"
    for body in ({"kind": "two words", "payload": 1}, {"kind": "x"}, {"kind": "x", "payload": "x" * 1025},
                 {"kind": "x", "payload": 1, "memberId": "ada"}, {"kind": "x", "payload": 1, "and": 2}):
        assert operator.post(path, body).status_code == 422, body


def test_a_key_is_good_for_its_scopes_and_its_workspace_only(operated):
    reader = Operator(operated, make_key(operated, "--scope", "read"))
    acmes = Operator(operated, make_key(operated, "--scope", "read", "--scope", "publish", "--workspace", "acme"))
    signal = {"kind": "x", "payload": 1}
    assert reader.get("/v1/admin/workspaces/globex/presence").status_code == 200
    for path in (f"/v1/admin/workspaces/acme/members/{NOBODY}/disconnect", f"/v1/admin/sessions/{NO_SESSION}/revoke"):
        assert reader.post(path).json()["code"] == "key.scope"
    assert reader.post("/v1/admin/workspaces/acme/rooms/workspace/signals", signal).json()["code"] == "key.scope"
    assert acmes.get("/v1/admin/workspaces/acme/presence").status_code == 200
    assert acmes.post("/v1/admin/workspaces/acme/rooms/workspace/signals", signal).status_code == 204
    assert acmes.get("/v1/admin/status").json()["code"] == "key.of_one_workspace"
    hidden, absent = (acmes.get(f"/v1/admin/workspaces/{slug}/presence") for slug in ("globex", "nowhere"))
    strip = lambda answer: {k: v for k, v in answer.json().items() if k != "requestId"}  # noqa: E731
    assert hidden.status_code == 404 and strip(hidden) == strip(absent), "it doesn't say which there are"


def test_keys_are_listed_without_their_secrets_and_revoked(operated, operator):
    database = ("--database", operated.database.url)
    operator.get("/v1/admin/status")
    listed = orbit("key", "list", *database).stdout
    assert "the robot" in listed and "read disconnect publish" in listed and "(all)" in listed
    assert operator.key not in listed and "never" not in listed
    assert not operated.query("SELECT 1 FROM operator_keys WHERE secret_hash = ?", operator.key)
    key_id = re.search(r"key_\S+", listed)[0]
    assert orbit("key", "revoke", key_id, *database).stdout == f"revoked {key_id}\n"
    assert operator.get("/v1/admin/status").status_code == 401
    assert orbit("key", "revoke", key_id, *database).returncode == 1
    for bad in (("--scope", "all"), ("--scope", "read", "--workspace", "nowhere"), ("--scope", "read", "--name", "a\nb")):
        assert orbit("key", "create", *database, *bad).returncode == 1


def test_an_address_that_guesses_is_refused_whatever_it_shows(operated, operator):
    guesser = Operator(operated, "orbit_key_guess")
    answers = [guesser.get("/v1/admin/status") for _ in range(51)]
    assert [a.status_code for a in answers] == [401] * 50 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"
    assert operator.get("/v1/admin/status").status_code == 429


def test_what_an_operator_does_is_logged_and_keys_are_not(operated, operator):
    tab = operated.sign_in("ada@acme.test").open_tab()
    operator.post(f"/v1/admin/workspaces/acme/members/{tab.hello['memberId']}/disconnect")
    Operator(operated, operator.key + "x").get("/v1/admin/status")
    log = operated.log.read_text()
    assert re.search(rf"operator key_\S+ .*the robot.*sent away member {tab.hello['memberId']} of acme", log)
    assert "key.required" in log
    assert operator.key not in log


def test_a_listener_that_others_reach_needs_a_key_first(tmp_path):
    database = f"sqlite:{tmp_path}/orbit.db"
    command = ("serve", "--listen", f"127.0.0.1:{free_port()}", "--database", database, "--admin-listen")
    refused = orbit(*command, f"0.0.0.0:{free_port()}")
    assert refused.returncode == 1 and "orbit key create" in refused.stderr


def test_every_answer_of_the_document_was_seen_and_no_route_is_missing(operated, operator):
    routes = orbit("catalog", "--format", "admin-routes").stdout.split("\n")[:-1]
    documented = {f"{method.upper()} {path}" for path, operations in DOCUMENT["paths"].items() for method in operations}
    assert set(routes) == documented

    walk_all(operated, operator)
    promised = {(method.upper(), path, status) for path, operations in DOCUMENT["paths"].items()
                for method, operation in operations.items() for status in operation["responses"]}
    # An overloaded node has no test here; its answer is made in one place for all routes.
    assert {p for p in promised if p[2] != "503"} <= Operator.answered, promised - Operator.answered


def walk_all(operated, operator):
    """Each status that the document has, of each route."""
    tab = operated.sign_in("ada@acme.test").open_tab()
    values = {"slug": "acme", "room": "workspace", "id": None}
    weak = Operator(operated, make_key(operated, "--scope", "read", "--workspace", "acme"))
    publisher = Operator(operated, make_key(operated, "--scope", "publish"))
    stranger = Operator(operated)
    for pattern, operations in DOCUMENT["paths"].items():
        for method in (m.upper() for m in operations):
            session = operator.get("/v1/admin/workspaces/acme/sockets").json()["sockets"]
            values["id"] = tab.hello["memberId"] if "members" in pattern else session[0]["sessionId"] if session else ""
            path = pattern.format(**values)
            body = {"kind": "x", "payload": 1} if pattern.endswith("signals") else None
            stranger.ask(method, path, body)
            for key in (weak, publisher):
                key.ask(method, path, body)
            missing = pattern.format(slug="nowhere", room="workspace", id="nothing")
            operator.ask(method, missing, body)
            if method == "GET":
                operator.get(path + "?limit=none&after=none")
            if body:
                operator.ask(method, path, {})
                operator.ask(method, path, data="{", headers={"Content-Type": "application/json"})
                operator.ask(method, path, data="{}", headers={"Content-Type": "text/plain"})
            assert operator.ask(method, path, body).status_code in (200, 204)
            if tab.closed.wait(0.3):
                tab = operated.sign_in("ada@acme.test").open_tab()
    guesser = Operator(operated, "orbit_key_guess")
    while guesser.get("/v1/admin/status").status_code != 429:
        pass
    for pattern, operations in DOCUMENT["paths"].items():
        for method in operations:
            guesser.ask(method.upper(), pattern.format(**values))


def test_status_on_the_command_line(operated, operator):
    operated.sign_in("ada@acme.test").open_tab()
    at = ("status", "--admin", operated.admin_url)
    shown = orbit(*at, ORBIT_ADMIN_KEY=operator.key)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"sockets +1\b", shown.stdout) and "acme" in shown.stdout and "\x1b" not in shown.stdout
    assert json.loads(orbit(*at, "--json", "--key", operator.key).stdout)["connections"] == 1

    for complaint, arguments in {
        "doesn't know this key": (*at, "--key", "orbit_key_wrong"),
        "orbit key create --scope read": at,
        "The key won't do": (*at, "--key", make_key(operated, "--scope", "publish")),
        "with --admin-listen?": ("status", "--admin", f"http://127.0.0.1:{free_port()}", "--key", operator.key),
        "not that of --listen": ("status", "--admin", operated.url, "--key", operator.key),
    }.items():
        failed = orbit(*arguments)
        assert (failed.returncode, failed.stdout) == (1, "") and complaint in failed.stderr, failed.stderr
