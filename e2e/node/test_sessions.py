"""Sessions, from outside: a sign-in begins a new one and ends what the browser came with; revoked, idle and old ones end, and
their sockets with them; sign-ins beyond what the node hashes are refused, and take nothing from other commands."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from harness import PASSWORD, Person

ADA = {"email": "ada@acme.test", "password": PASSWORD}


def with_token(node, token):
    """Somebody who knows a token, from wherever, and keeps it whatever the cookie's age."""
    person = Person(node)
    person.http.headers["Cookie"] = f"orbit_session={token}"
    return person


def token_of(person):
    return person.http.cookies.get("orbit_session")


def test_a_sign_in_ends_the_session_that_the_browser_came_with(node, ada):
    first, elsewhere = token_of(ada), node.sign_in("ada@acme.test")
    old_tab, other_tab = ada.open_tab(), elsewhere.open_tab()
    assert ada.post("/v1/session", ADA).status_code == 200
    assert old_tab.wait_closed() == 4401
    assert token_of(ada) != first
    assert with_token(node, first).get("/v1/me").status_code == 401
    assert ada.get("/v1/me").status_code == 200
    other_tab.drain()
    assert len(ada.get("/v1/sessions").json()) == 2


def test_signing_in_as_somebody_else_ends_the_session_of_the_one_before(node, ada):
    first, tab = token_of(ada), ada.open_tab()
    assert ada.post("/v1/session", ADA | {"email": "margaret@globex.test"}).status_code == 200
    assert tab.wait_closed() == 4401
    assert with_token(node, first).get("/v1/me").status_code == 401
    assert ada.get("/v1/me").json()["user"]["email"] == "margaret@globex.test"


def test_a_wrong_password_ends_nothing(node, ada):
    tab = ada.open_tab()
    assert ada.post("/v1/session", ADA | {"password": "wrong"}).status_code == 401
    tab.drain()
    assert ada.get("/v1/me").status_code == 200


def test_a_planted_token_is_never_taken_over(node):
    planted = "A" * 43
    victim = with_token(node, planted)
    answer = victim.post("/v1/session", ADA)
    assert answer.status_code == 200
    given = answer.cookies.get("orbit_session")
    assert given and given != planted
    assert with_token(node, planted).get("/v1/me").status_code == 401


def test_ending_all_others_closes_their_sockets_at_once_and_keeps_this_one(node, ada):
    others = [node.sign_in("ada@acme.test") for _ in range(3)]
    tabs, own = [person.open_tab() for person in others], ada.open_tab()
    assert ada.delete("/v1/sessions").status_code == 204
    assert [tab.wait_closed(timeout=2) for tab in tabs] == [4401] * 3
    assert [person.get("/v1/me").status_code for person in others] == [401] * 3
    own.drain()
    assert [session["current"] for session in ada.get("/v1/sessions").json()] == [True]


def test_a_session_that_is_not_used_ends_and_its_socket_with_it(start_node):
    node = start_node("--session-idle", "2s")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    assert tab.wait_closed() == 4401
    assert with_token(node, token_of(ada)).get("/v1/me").status_code == 401


def test_a_session_ends_at_its_lifetime_however_much_it_is_used(start_node):
    node = start_node("--session-idle", "2s", "--session-lifetime", "5s")
    began = time.monotonic()
    signed_in = node.sign_in("ada@acme.test")
    tab, ada = signed_in.open_tab(), with_token(node, token_of(signed_in))
    while ada.get("/v1/me").status_code == 200:
        assert time.monotonic() < began + 10
        time.sleep(0.1)
    assert time.monotonic() > began + 4.9
    assert tab.wait_closed() == 4401


def test_a_used_session_outlives_its_idle_time(start_node):
    node = start_node("--session-idle", "2s")
    ada = node.sign_in("ada@acme.test")
    until = time.monotonic() + 5
    while time.monotonic() < until:
        assert ada.get("/v1/me").status_code == 200
        time.sleep(0.2)


def test_the_cookie_of_a_secure_origin_is_for_its_host_and_no_script(start_node):
    node = start_node("--public-origin", "https://orbit.example", "--session-lifetime", "48h")
    answer = requests.post(f"{node.url}/v1/session", json=ADA, headers={"Origin": "https://orbit.example"}, timeout=10)
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-orbit_session=")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=172800", "Path=/", "SameSite=Lax", "Secure"]


def test_sign_ins_beyond_the_queue_are_refused_and_commands_go_on(start_node):
    node = start_node("--max-queued-commands", "2", "--worker-threads", "4")
    ada = node.sign_in("ada@acme.test")

    def guess(number):
        return Person(node).post("/v1/session", {"email": f"nobody{number}@acme.test", "password": "guess"})

    with ThreadPoolExecutor(40) as crowd:
        guesses = [crowd.submit(guess, number) for number in range(40)]
        made = [ada.post("/v1/workspaces/acme/teams", {"name": f"Meanwhile {number}"}) for number in range(20)]
    answers = [guess.result() for guess in guesses]
    assert [answer.status_code for answer in made] == [201] * 20
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused and all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert {answer.status_code for answer in answers} == {401, 503}
    assert ada.get("/v1/me").status_code == 200


def test_the_list_of_sessions_says_no_token(node, ada):
    told = json.dumps(ada.get("/v1/sessions").json())
    assert token_of(ada) not in told
    assert not [row for row in node.query("SELECT token_hash FROM sessions") if row[0] in told]
