"""Bad input, endpoint by endpoint and event by event: the status, the code, and that nothing changed."""

import hashlib
import hmac
import json
import time

import pytest
import requests

from harness import WEBHOOK_SECRET, Node, Person, durable, everything

NOBODY = "mbr_0198c0de-0000-7000-8000-000000000000"
NO_TEAM = "team_0198c0de-0000-7000-8000-000000000000"
NO_ROLE = "wsrole_0198c0de-0000-7000-8000-000000000000"
NO_INVITE = "inv_0198c0de-0000-7000-8000-000000000000"
NO_SESSION = "sess_0198c0de-0000-7000-8000-000000000000"
W = "/v1/workspaces/acme"


def fields_of(answer):
    return [error["field"] for error in answer.json().get("errors", [])]


# Each command, and bodies that break one field of it.
FIELDS = [
    ("POST", "/v1/session", {"email": "ada@acme.test", "password": "orbit-demo"}, {
        "email": [None, 1, "", "x" * 300], "password": [None, 1, "", "x" * 2000]}),
    ("PATCH", "/v1/me", {"name": "Ada"}, {"name": [None, 1, "", "   ", "x" * 81, "a\u0000b", "a\nb"]}),
    ("POST", "/v1/workspaces", {"slug": "fresh", "name": "Fresh"}, {
        "slug": [None, 1, "", "a", "A-Upper", "-dash", "dash-", "two--dashes", "under_score", "x" * 41, "api", "é"],
        "name": [None, 1, "", " ", "x" * 81, "a\u0007"]}),
    ("PATCH", W, {"name": "Acme"}, {"name": [None, 1, [], {}, "", "x" * 81]}),
    ("POST", f"{W}/transfer", {"memberId": NOBODY}, {"memberId": [None, 1, "", "mbr_", NO_TEAM]}),
    ("PUT", f"{W}/members/{{alan}}/role", {"roleId": NO_ROLE}, {"roleId": [None, 1, "", "role", NOBODY]}),
    ("POST", f"{W}/roles", {"name": "Guide", "permissions": []}, {
        "name": [None, 1, "", "x" * 81], "permissions": [1, "teams.manage", [1], ["no.such"], ["teams.manage"] * 100],
        "description": [1, "x" * 1000]}),
    ("POST", f"{W}/invites", {"email": "new@example.test"}, {
        "email": [None, 1, "", "nobody", "a@", "@b", "a b@c.d", "x" * 250 + "@c.de"], "roleId": [1, "", NOBODY]}),
    ("POST", "/v1/invites/accept", {"token": "t"}, {"token": [None, 1, "", "x" * 2000]}),
    ("POST", f"{W}/teams", {"name": "Fresh"}, {"name": [None, 1, "", "x" * 81]}),
    ("PUT", f"{W}/subscription", {"plan": "team", "seats": 5}, {
        "plan": [1, "", "gold"], "seats": [0, -1, "5", 1.5, 5.0, 2**31, 2**53 + 1, 2**63, 10**12, 10**30, 1e300, True]}),
]


def broken_bodies():
    for method, path, body, fields in FIELDS:
        for field, values in fields.items():
            for value in values:
                broken = {name: content for name, content in body.items() if name != field}
                if value is not None:
                    broken[field] = value
                yield pytest.param(method, path, broken, field, id=f"{method} {path} {field}={str(value)[:20]!r}")
        yield pytest.param(method, path, body | {"surprise": 1}, "surprise", id=f"{method} {path} unknown field")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One node for the whole table: nothing in it changes anything, which is what is tested."""
    node = Node(tmp_path_factory.mktemp("table")).start()
    node.ada = node.sign_in("ada@acme.test")
    node.alan = node.sign_in("alan@acme.test")
    node.margaret = node.sign_in("margaret@globex.test")
    node.ids = {"alan": node.ada.member_id("alan@acme.test")}
    yield node
    node.kill()


@pytest.mark.parametrize("method, path, body, field", broken_bodies())
def test_a_broken_field_is_named_and_nothing_changes(shared, method, path, body, field):
    before = everything(shared)
    answer = shared.ada.request(method, path.format(**shared.ids), body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "validation"
    assert any(name.split("/")[0] == field for name in fields_of(answer)), answer.text
    assert everything(shared) == before


# What JSON from outside may not be, and the code: for REST bodies, client events and Stripe's webhook alike. Each is the
# value of a field "x".
NOT_STRICT = [
    (b"[1,]", "malformed"), (b"/**/1", "malformed"), (b"'a'", "malformed"), (b"01", "malformed"), (b"+1", "malformed"),
    (b"NaN", "malformed"), (b"Infinity", "malformed"), (b"-Infinity", "malformed"),
    (b"1e309", "number_out_of_range"), (b"-1e99999", "number_out_of_range"), (b"1e99999999999", "number_out_of_range"),
    (b"9" * 400, "number_out_of_range"),
    (b'"\\ud800"', "malformed"), (b'"\\udc00"', "malformed"), (b'"\\ud800\\ud800"', "malformed"), (b'{"\\udfff":1}', "malformed"),
    (b'{"a":1,"a":1}', "duplicate_key"), (b'[{"a":{"bc":1,"\\u0062c":2}}]', "duplicate_key"),
    (b"[" * 40 + b"]" * 40, "too_deep"),
    (b"{" + b",".join(b'"k%d":0' % n for n in range(1001)) + b"}", "too_many_keys"),
]
NOT_STRICT_IDS = [value[:24].decode() for value, _ in NOT_STRICT]
NOT_UTF8 = [b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xe6\x97"', b'"\xf4\x90\x80\x80"', b'{"\xff":1}']


@pytest.mark.parametrize("value, code", [*NOT_STRICT, *((value, "malformed") for value in NOT_UTF8)])
def test_a_body_that_is_no_strict_json_is_refused_and_says_where(shared, value, code):
    before = everything(shared)
    answer = shared.ada.request("PATCH", W, data=b'{"name":"New","x":' + value + b"}",
                                headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, f"json.{code}"), answer.text
    assert fields_of(answer)[0].split("/")[0] == "x"
    assert everything(shared) == before


@pytest.mark.parametrize("value, code", NOT_STRICT, ids=NOT_STRICT_IDS)
def test_a_client_event_that_is_no_strict_json_is_refused_and_says_where(shared, value, code):
    tab = shared.alan.open_tab()
    tab.send('{"type":"ping","x":' + value.decode() + "}")
    error = tab.next("error")
    assert error["code"] == "frame.not_json"
    assert "(at x" in error["message"]
    assert tab.ask({"type": "presence.back"})["type"] == "reply"
    tab.close()


@pytest.mark.parametrize("value", [*(value for value, _ in NOT_STRICT), *NOT_UTF8])
def test_a_signed_webhook_that_is_no_strict_json_is_refused(shared, value):
    before = everything(shared)
    body = b'{"id":"evt_1","type":"customer.subscription.updated","x":' + value + b"}"
    signed_at = str(int(time.time()))
    signature = hmac.new(WEBHOOK_SECRET.encode(), signed_at.encode() + b"." + body, hashlib.sha256).hexdigest()
    answer = requests.post(f"{shared.url}/v1/billing/stripe", data=body, timeout=10, headers={
        "Content-Type": "application/json", "Stripe-Signature": f"t={signed_at},v1={signature}"})
    assert (answer.status_code, answer.json()["code"]) in [(400, "stripe.bad_payload"), (422, "stripe.bad_payload")]
    assert fields_of(answer)[0].split("/")[0] == "x"
    assert everything(shared) == before


MALFORMED = [
    (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'"text"', 400), (b'{"name":"a","name":"b"}', 400),
    (b'{"name":"\xff"}', 400), (b'{"name":"\\ud800"}', 400), (b'{"name":' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
    (b'{"name":"' + b"x" * 70_000 + b'"}', 413),
]


@pytest.mark.parametrize("body, status", MALFORMED, ids=[str(body[:24]) for body, _ in MALFORMED])
@pytest.mark.parametrize("method, path", [(method, path) for method, path, *_ in FIELDS])
def test_a_malformed_body_is_refused_whole(shared, method, path, body, status):
    before = everything(shared)
    answer = shared.ada.request(method, path.format(**shared.ids), data=body,
                                headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.json()["code"]
    assert everything(shared) == before


def test_a_body_of_another_type_is_refused_with_415(shared):
    answer = shared.ada.request("POST", f"{W}/teams", data=b"name=x",
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 415


UNKNOWN = [
    ("GET", f"{W}/members/{NOBODY}", None), ("DELETE", f"{W}/members/{NOBODY}", None),
    ("PUT", f"{W}/members/{NOBODY}/role", {"roleId": NO_ROLE}),
    ("POST", f"{W}/transfer", {"memberId": NOBODY}),
    ("PATCH", f"{W}/roles/{NO_ROLE}", {"name": "x"}), ("DELETE", f"{W}/roles/{NO_ROLE}", None),
    ("DELETE", f"{W}/invites/{NO_INVITE}", None),
    ("PATCH", f"{W}/teams/{NO_TEAM}", {"name": "x"}), ("DELETE", f"{W}/teams/{NO_TEAM}", None),
    ("PUT", f"{W}/teams/{NO_TEAM}/members/{NOBODY}", {}), ("DELETE", f"{W}/teams/{NO_TEAM}/members/{NOBODY}", None),
    ("DELETE", f"/v1/sessions/{NO_SESSION}", None), ("GET", "/v1/workspaces/no-such", None),
    ("POST", "/v1/invites/accept", {"token": "no-such-token"}), ("GET", "/v1/nothing", None),
    ("DELETE", f"{W}/teams/not-an-id", None), ("DELETE", f"{W}/members/%00%ff", None),
    ("GET", f"{W}/members/{NO_TEAM}", None), ("GET", "/v1/workspaces/" + "a" * 3000, None),
]


@pytest.mark.parametrize("method, path, body", UNKNOWN)
def test_an_unknown_id_is_404_and_changes_nothing(shared, method, path, body):
    before = everything(shared)
    answer = shared.ada.request(method, path, body)
    assert answer.status_code in (404, 400), answer.text
    assert answer.json()["code"]
    assert everything(shared) == before


def foreign_requests(ids):
    """Every route of a workspace, with acme's own ids."""
    return [
        ("GET", W, None), ("PATCH", W, {"name": "Mine"}), ("DELETE", W, None),
        ("POST", f"{W}/transfer", {"memberId": ids["member"]}), ("POST", f"{W}/leave", {}),
        ("GET", f"{W}/members", None), ("GET", f"{W}/members/{ids['member']}", None),
        ("DELETE", f"{W}/members/{ids['member']}", None),
        ("PUT", f"{W}/members/{ids['member']}/role", {"roleId": ids["role"]}),
        ("GET", f"{W}/roles", None), ("POST", f"{W}/roles", {"name": "Mine", "permissions": []}),
        ("PATCH", f"{W}/roles/{ids['role']}", {"permissions": []}), ("DELETE", f"{W}/roles/{ids['role']}", None),
        ("GET", f"{W}/invites", None), ("POST", f"{W}/invites", {"email": "me@example.test"}),
        ("DELETE", f"{W}/invites/{ids['invite']}", None),
        ("GET", f"{W}/teams", None), ("POST", f"{W}/teams", {"name": "Mine"}),
        ("PATCH", f"{W}/teams/{ids['team']}", {"name": "Mine"}), ("DELETE", f"{W}/teams/{ids['team']}", None),
        ("PUT", f"{W}/teams/{ids['team']}/members/{ids['member']}", {}),
        ("DELETE", f"{W}/teams/{ids['team']}/members/{ids['member']}", None),
        ("GET", f"{W}/subscription", None), ("PUT", f"{W}/subscription", {"plan": "free", "seats": 1}),
    ]


@pytest.fixture(scope="module")
def acme_ids(shared):
    snapshot = shared.ada.snapshot()
    invite = shared.ada.post(f"{W}/invites", {"email": "table@example.test"}).json()["invite"]["id"]
    return {"member": snapshot["members"][-1]["id"], "role": snapshot["roles"][-1]["id"],
            "team": snapshot["teams"][0]["id"], "invite": invite}


def test_another_workspaces_member_can_touch_nothing_by_its_slug(shared, acme_ids):
    before = everything(shared)
    for method, path, body in foreign_requests(acme_ids):
        answer = shared.margaret.request(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), f"{method} {path}: {answer.text}"
    assert everything(shared) == before


def test_another_workspaces_ids_are_unknown_under_ones_own_slug(shared, acme_ids):
    before = everything(shared)
    for method, path, body in foreign_requests(acme_ids):
        if not any(value in path or value in str(body) for value in acme_ids.values()):
            continue
        answer = shared.margaret.request(method, path.replace("acme", "globex"), body)
        assert answer.status_code == 404, f"{method} {path}: {answer.text}"
    assert everything(shared) == before


def test_nobody_signed_in_gets_401_everywhere(shared, acme_ids):
    nobody = Person(shared)
    before = everything(shared)
    for method, path, body in [*foreign_requests(acme_ids), ("GET", "/v1/me", None), ("GET", "/v1/workspaces", None),
                               ("GET", "/v1/sessions", None), ("POST", "/v1/workspaces", {"slug": "x-y", "name": "x"})]:
        answer = nobody.request(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (401, "session.required"), f"{method} {path}"
    assert everything(shared) == before


def test_a_member_without_the_permission_gets_403_and_changes_nothing(shared, acme_ids):
    before = everything(shared)
    for method, path, body in foreign_requests(acme_ids):
        if method == "GET" and "invites" not in path or path.endswith("/leave"):
            continue
        answer = shared.alan.request(method, path, body)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"
    assert everything(shared) == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_state_change_from_a_foreign_origin_is_refused(shared, acme_ids, origin):
    before = everything(shared)
    headers = {"Origin": origin}
    for method, path, body in [*foreign_requests(acme_ids),
                               ("POST", "/v1/session", {"email": "ada@acme.test", "password": "orbit-demo"})]:
        if method == "GET":
            continue
        answer = shared.ada.request(method, path, body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "origin.refused"), f"{method} {path}"
    assert everything(shared) == before
    answer = shared.ada.get(W, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_an_unsupported_method_is_405_and_says_which_are(shared):
    answer = shared.ada.request("PUT", W, {})
    assert answer.status_code == 405
    assert {"GET", "PATCH", "DELETE"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("signature", [None, "", "t=1", "v1=00", "t=1,v1=00", "t=99999999999,v1=" + "0" * 64, "x" * 5000])
def test_a_webhook_that_stripe_did_not_sign_is_refused(shared, signature):
    before = everything(shared)
    headers = {"Content-Type": "application/json"} | ({"Stripe-Signature": signature} if signature is not None else {})
    answer = requests.post(f"{shared.url}/v1/billing/stripe", data=b'{"id":"evt"}', headers=headers, timeout=10)
    assert answer.status_code in (400, 401, 403), answer.text
    assert answer.json()["code"].startswith("stripe.")
    assert everything(shared) == before


BAD_FRAMES = [
    ("ping", "frame.not_json"), ("[]", "frame.not_an_object"), ("{}", "validation"), ('{"type":1}', "validation"),
    ('{"type":"hello"}', "frame.unknown_type"), ('{"type":"ping","type":"ping"}', "frame.not_json"),
    ('{"type":"ping","ref":1}', "validation"), ('{"type":"ping","ref":"' + "r" * 65 + '"}', "validation"),
    ('{"type":"room.join"}', "validation"), ('{"type":"room.join","room":"no such"}', "validation"),
    ('{"type":"room.join","room":"' + "r" * 129 + '"}', "validation"),
    ('{"type":"room.join","room":"nowhere"}', "room.unknown"),
    ('{"type":"room.signal","room":"r","kind":"k"}', "validation"),
    ('{"type":"room.signal","room":"r","kind":"k","payload":"' + "x" * 1100 + '"}', "validation"),
    ('{"type":"presence.watch"}', "validation"), ('{"type":"presence.watch","memberIds":[1]}', "validation"),
    ('{"type":"presence.watch","memberIds":["' + NO_TEAM + '"]}', "validation"),
    ('{"type":"presence.watch","memberIds":' + json.dumps([NOBODY] * 201) + "}", "validation"),
    ('{"type":"room.signal","room":"r","kind":"k","payload":' + "[" * 100 + "]" * 100 + "}", "frame.not_json"),
]


@pytest.mark.parametrize("text, code", BAD_FRAMES, ids=[text[:50] for text, _ in BAD_FRAMES])
def test_a_bad_client_event_is_answered_with_its_error_and_seen_by_nobody(shared, text, code):
    watcher = shared.ada.open_tab()
    tab = shared.alan.open_tab()
    watcher.drain()
    tab.send(text)
    assert tab.next("error")["code"] == code
    # Tabs of the case before may still be on their way out.
    assert [frame for frame in tab.drain() if frame["type"] != "presence.update"] == []
    assert durable(watcher.drain()) == []
    tab.close()
    watcher.close()


def test_anothers_members_cannot_be_watched(shared, acme_ids):
    watcher = shared.ada.open_tab()
    tab = shared.margaret.open_tab("globex")
    answer = tab.ask({"type": "presence.watch", "memberIds": [watcher.hello["memberId"]]})
    assert answer["type"] in ("reply", "error")
    assert all(f["type"] != "presence.update" or f["status"] == "offline" for f in tab.seen)
    tab.close()
    watcher.close()


def test_sign_in_is_limited_by_account_and_says_when_to_try_again(start_node):
    node = start_node()
    person = Person(node)
    statuses = [person.post("/v1/session", {"email": "ada@acme.test", "password": f"wrong {n}"}) for n in range(12)]
    assert statuses[0].status_code == 401 and statuses[0].json()["code"] == "session.wrong_credentials"
    assert statuses[-1].status_code == 429 and int(statuses[-1].headers["Retry-After"]) > 0
    right = person.post("/v1/session", {"email": "ada@acme.test", "password": "orbit-demo"})
    assert right.status_code == 429
