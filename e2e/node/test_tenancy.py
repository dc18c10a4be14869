"""What belongs to a workspace is out of reach of everybody else: nothing is changed, nothing is told, and a thing that exists
elsewhere is answered exactly as one that doesn't. Every route and every client event, with ids of all sorts."""

import os
import random
from contextlib import contextmanager

import pytest
import requests

from harness import Node, Refused, durable, everything
from raw_socket import KEY, UPGRADE
from tenancy import (MALFORMED, OPEN_ROUTES, OWN_ROUTES, PREFIXES, WORKSPACE_ROUTES, World, client_event_kinds, client_events,
                     id_like, routes_of)

SEED = int(os.environ.get("ORBIT_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
CASES = 12  # of each route, person and test
# What a malformed id in a path may come to, whoever asks.
NO_SUCH_PATH = ((400, "request.bad_path"), (404, "not_found"), (405, "method.not_allowed"))
LEFT_OUT = {"Date", "Vary"}  # of headers that are compared: Vary is compared with the body's form, by gzip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    # As fast as the test can: what a socket may send in a second is not what is tried here.
    node = Node(tmp_path_factory.mktemp("tenancy"), "--message-rate", "100000", "--message-burst", "100000").start()
    made = World(node)
    yield made
    made.close()
    node.kill()


@pytest.fixture
def draw(request):
    """Of each test its own, so that one alone draws as in the whole run."""
    print(f"ORBIT_TEST_SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


@contextmanager
def nothing_changes(world):
    rows, read = everything(world.node), world.of_acme()
    yield
    assert everything(world.node) == rows
    assert world.of_acme() == read
    assert durable(world.tab.drain()) == []


def ask(world, person, route, values, **options):
    """One request; what it says, and that it says nothing of acme that the asker didn't."""
    path = route.pattern
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    body = None if route.body is None else route.body | {name: value for name, value in values.items()
                                                         if f"{{{name}}}" not in route.pattern}
    answer = person.request(route.method, path, body, **options)
    of = "globex" if person is world.alan else "acme"
    world.assert_nothing_leaks(answer.text + str(answer.headers), sent=f"{path} {body}" if answer.ok else "", of=of)
    return answer


def said(answer):
    """Everything about an answer but the request's own name."""
    body = answer.content
    if answer.headers.get("Content-Type") == "application/problem+json" and body:
        body = {name: value for name, value in answer.json().items() if name != "requestId"}
        assert set(body) >= {"code", "status"}
    headers = {name: value for name, value in answer.headers.items() if name not in LEFT_OUT | {"Content-Length"}}
    return answer.status_code, body, headers


def code(answer):
    return answer.status_code, answer.json()["code"]


def name_of(route):
    return route.name


IN_WORKSPACES = pytest.mark.parametrize("route", WORKSPACE_ROUTES, ids=name_of)


def test_every_route_of_the_program_has_a_case_here(world):
    routes = routes_of(world.node)
    assert len(routes) > 30
    assert routes == {route.name for route in [*WORKSPACE_ROUTES, *OWN_ROUTES, *OPEN_ROUTES]}


def test_every_kind_of_client_event_has_a_case_here():
    assert {event["type"] for event in client_events([], ["workspace"])} == client_event_kinds()


def any_id(draw, world, kind):
    """An id of acme's, of something deleted, of nothing, of a wrong kind, or no id at all."""
    return draw.choice([
        lambda: world.acme[kind], lambda: world.deleted[kind], lambda: id_like(kind, draw),
        lambda: world.acme[draw.choice([k for k in PREFIXES if k not in (kind, "subscription")])],
        lambda: draw.choice(MALFORMED), lambda: draw.randbytes(draw.randrange(1, 40)).hex(),
    ])()


def outsiders(world):
    return {"a member of another workspace": world.margaret, "a removed member": world.removed}


@IN_WORKSPACES
def test_a_workspace_of_others_is_answered_as_one_that_is_not_there(world, draw, route):
    with nothing_changes(world):
        for person in outsiders(world).values():
            ids = [{name: world.acme[kind] for name, kind in route.ids.items()}]
            ids += [{name: any_id(draw, world, kind) for name, kind in route.ids.items()} for _ in range(CASES)]
            for values in ids if route.ids else ids[:1]:
                theirs = ask(world, person, route, values | {"slug": "acme"})
                nobodys = ask(world, person, route, values | {"slug": "no-such"})
                assert said(theirs) == said(nobodys), (SEED, values)
                assert theirs.status_code in (404, 422, 400) and not theirs.ok, (SEED, values, theirs.text)
            assert code(ask(world, person, route, ids[0] | {"slug": "acme"})) == (404, "not_found")
            if route.method == "GET":
                head = person.request("HEAD", route.pattern.format(**ids[0], slug="acme"))
                assert (head.status_code, head.content) == (404, b"")


@pytest.mark.parametrize("route", [route for route in WORKSPACE_ROUTES if route.ids], ids=name_of)
def test_an_id_of_another_workspace_is_answered_as_one_that_nothing_has(world, draw, route):
    """Under one's own slug, where one may do everything: owners of their workspaces, with ids of acme's beside their own."""
    with nothing_changes(world):
        for person, own in ((world.margaret, world.globex), (world.removed, world.edsgers)):
            for case in range(CASES):
                names = list(route.ids)
                foreign = names if case == 0 else draw.sample(names, draw.randrange(1, len(names) + 1))
                values = {name: own[kind] for name, kind in route.ids.items()} | {"slug": own["slug"]}
                missing = values | {name: id_like(route.ids[name], draw) for name in foreign}
                source = draw.choice([world.acme, world.deleted])
                reached = ask(world, person, route, values | {name: source[route.ids[name]] for name in foreign})
                assert said(reached) == said(ask(world, person, route, missing)), (SEED, case)
                assert code(reached) == (404, "not_found"), (SEED, case)
                for name in foreign:
                    odd = draw.choice([*MALFORMED, world.acme["workspace"], world.acme["user"], own["workspace"]])
                    refused = ask(world, person, route, missing | {name: odd})
                    assert code(refused) in ((422, "validation"), *NO_SUCH_PATH), (SEED, odd, refused.text)


@IN_WORKSPACES
def test_a_member_without_the_permission_is_refused_and_reaches_nothing_of_others(world, draw, route):
    foreign = {name: world.globex[kind] for name, kind in route.ids.items()}
    with nothing_changes(world):
        if route.permission:
            own = {name: world.acme[kind] for name, kind in route.ids.items()} | {"slug": "acme"}
            if own.get("id") == world.alan_member:  # who may leave
                own["id"] = world.ada_member
            assert ask(world, world.alan, route, own).status_code == 403
        if route.ids:
            for _ in range(CASES):
                missing = {name: id_like(kind, draw) for name, kind in route.ids.items()}
                reached = ask(world, world.alan, route, foreign | {"slug": "acme"})
                assert said(reached) == said(ask(world, world.alan, route, missing | {"slug": "acme"})), SEED
                assert reached.status_code in (403, 404), (SEED, reached.text)


@pytest.mark.parametrize("route", [*WORKSPACE_ROUTES, *OWN_ROUTES], ids=name_of)
def test_whoever_is_not_signed_in_learns_nothing(world, draw, route):
    with nothing_changes(world):
        for person in (world.nobody, world.signed_out):
            for case in range(CASES if route.ids else 1):
                ids = {name: world.acme[kind] if case == 0 else any_id(draw, world, kind) for name, kind in route.ids.items()}
                for slug in ("acme", "no-such"):
                    answer = ask(world, person, route, ids | {"slug": slug})
                    assert code(answer) in ((401, "session.required"), *NO_SUCH_PATH), (SEED, ids)
                    assert case > 0 or answer.status_code == 401


def test_anothers_session_is_answered_as_one_that_is_not_there(world, draw):
    route = next(route for route in OWN_ROUTES if route.ids)
    with nothing_changes(world):
        for person in (world.margaret, world.removed, world.alan):
            missing = ask(world, person, route, {"id": id_like("session", draw)})
            assert code(missing) == (404, "not_found")
            for session in (world.acme["session"], world.deleted["session"], world.acme["member"], *MALFORMED[:1]):
                assert ask(world, person, route, {"id": session}).status_code == 404
            assert said(ask(world, person, route, {"id": world.acme["session"]})) == said(missing)
    assert world.ada.get("/v1/me").status_code == 200


def test_what_is_ones_own_says_nothing_of_others(world):
    with nothing_changes(world):
        for path in ("/v1/me", "/v1/workspaces", "/v1/sessions", "/v1/workspaces/globex", "/v1/workspaces/globex/log",
                     *(f"/v1/workspaces/globex/{part}" for part in ("members", "roles", "teams", "invites", "subscription"))):
            answer = world.margaret.get(path)
            assert answer.status_code == 200
            world.assert_nothing_leaks(answer.text)


def test_open_routes_say_nothing_of_a_workspace(world):
    """Who has an account isn't told by sign-in; that a slug is taken is, since it is a public name."""
    with nothing_changes(world):
        for route in OPEN_ROUTES:
            if "config" not in route.pattern:  # a demo's: it offers its people
                assert not ask(world, world.margaret, route, {}).ok
        known = ask(world, world.nobody, OPEN_ROUTES[0], {})
        unknown = world.nobody.post("/v1/session", {"email": "nobody@acme.test", "password": "not hers"})
        assert said(known) == said(unknown) and known.status_code == 401
        taken = world.margaret.post("/v1/workspaces", {"slug": "acme", "name": "Mine"})
        assert taken.status_code in (409, 422)
        world.assert_nothing_leaks(taken.text)


def test_an_invite_for_somebody_else_is_refused_without_a_word_about_the_workspace(world):
    made = world.ada.post("/v1/workspaces/acme/invites", {"email": "not-margaret@example.test"}).json()
    world.tab.drain()
    with nothing_changes(world):
        refused = world.margaret.post("/v1/invites/accept", {"token": made["token"]})
        assert code(refused) == (403, "invite.other_email")
        world.assert_nothing_leaks(refused.text)
    assert world.ada.delete(f"/v1/workspaces/acme/invites/{made['invite']['id']}").status_code == 204
    world.tab.drain()
    with nothing_changes(world):
        assert code(world.margaret.post("/v1/invites/accept", {"token": made["token"]})) == (410, "invite.revoked")


def test_inviting_somebody_of_another_workspace_tells_nothing_about_them(world):
    invited = {email: world.margaret.post("/v1/workspaces/globex/invites", {"email": email})
               for email in ("grace@acme.test", "grace@nowhere.test")}
    assert [answer.status_code for answer in invited.values()] == [201, 201]
    for email, answer in invited.items():
        world.assert_nothing_leaks(answer.text, sent=email)
        assert world.margaret.delete(f"/v1/workspaces/globex/invites/{answer.json()['invite']['id']}").status_code == 204
    known, unknown = (answer.json() for answer in invited.values())
    assert set(known["invite"]) == set(unknown["invite"]) and set(known) == set(unknown)


def test_a_snapshots_tag_opens_nothing(world):
    tag = world.ada.get("/v1/workspaces/acme").headers["ETag"]
    for person in outsiders(world).values():
        assert person.get("/v1/workspaces/acme", headers={"If-None-Match": tag}).status_code == 404
        assert person.get("/v1/workspaces/acme", headers={"If-None-Match": "*"}).status_code == 404
    other = world.alan.get("/v1/workspaces/acme", headers={"If-None-Match": tag})
    assert other.status_code == 200, "what one member holds is not what another sees"


def test_a_socket_on_a_workspace_of_others_is_answered_as_on_one_that_is_not_there(world):
    with nothing_changes(world):
        epoch = world.tab.hello["epoch"]
        for person in (world.margaret, world.removed, world.nobody, world.signed_out):
            answers = []
            for slug in ("acme", "no-such", world.acme["workspace"], "", "%00", f"acme&after=0&epoch={epoch}"):
                headers = dict(line.split(": ", 1) for line in (*UPGRADE, KEY)) | {"Origin": world.node.url}
                cookie = person.cookie or person.http.headers.get("Cookie")
                headers |= {"Cookie": cookie} if cookie else {}
                answers.append(requests.get(f"{world.node.url}/v1/ws?workspace={slug}", headers=headers, timeout=10))
                world.assert_nothing_leaks(answers[-1].text)
            assert len({str(said(answer)) for answer in answers if answer.status_code == 401}) == 1
            assert [answer.status_code for answer in answers[:4]] == [401] * 4
    for person in (world.margaret, world.removed):
        with pytest.raises(Refused):
            person.open_tab("acme")


def answers_to(tab, events):
    answers = []
    for event in events:
        answer = tab.ask(event) if event["type"] != "ping" else {"type": "pong"}
        answers.append({name: value for name, value in answer.items() if name != "ref"})
    return answers


def socket_cases(world, draw):
    missing = {kind: id_like(kind, draw) for kind in PREFIXES}
    return [([world.acme["member"]], [world.acme["team"]], [missing["member"]], [missing["team"]]),
            ([world.deleted["member"]], [world.deleted["team"]], [missing["member"]], [missing["team"]]),
            ([world.acme["member"]] * 2 + [world.deleted["member"]], [world.acme["team"].upper().replace("TEAM", "team")],
             [missing["member"]] * 2 + [missing["member"]], [missing["team"]])]


def test_client_events_reach_nothing_of_another_workspace(world, draw):
    """Presence and rooms of acme, asked for over a socket of globex, against members and teams that nobody has."""
    # ada is online in acme and in her team's room: there is something to see.
    assert world.tab.ask({"type": "room.join", "room": world.acme["team"]})["type"] == "reply"
    world.tab.drain()
    for person, slug in ((world.margaret, "globex"), (world.removed, "edsgers")):
        with nothing_changes(world):
            for theirs, their_rooms, nobodys, no_rooms in socket_cases(world, draw):
                tab = person.open_tab(slug)
                reached = answers_to(tab, client_events(theirs, their_rooms))
                frames = [frame for frame in tab.drain() if frame["type"] not in ("presence.update", "pong")]
                assert frames == [], SEED
                tab.close()
                tab = person.open_tab(slug)
                assert reached == answers_to(tab, client_events(nobodys, no_rooms)), SEED
                tab.drain()
                sent = str(theirs + their_rooms + nobodys)
                world.assert_nothing_leaks(str([frame for frame in tab.seen if frame["type"] != "presence.update"]), sent)
                tab.close()
        assert not [frame for frame in world.tab.seen if frame["type"] in ("room.signal", "room.presence")]


def test_presence_of_another_workspace_is_never_told(world, draw):
    """Of a member who is online elsewhere, the same is said as of one who isn't there at all."""
    watched = world.ada_member
    told = {}
    for member in (watched, id_like("member", draw)):
        tab = world.margaret.open_tab("globex")
        assert tab.ask({"type": "presence.watch", "memberIds": [member]})["type"] == "reply"
        tab.drain()
        told[member] = [{name: value for name, value in frame.items() if name != "memberId"} for frame in tab.seen
                        if frame["type"] == "presence.update" and frame["memberId"] == member]
        tab.close()
    assert told[watched] == list(told.values())[1]


def test_random_client_events_reach_nothing_of_another_workspace(world, draw):
    rooms = ["workspace", world.acme["team"], world.globex["team"], f"workspace:{world.acme['workspace']}",
             f"member:{world.acme['member']}", f"room:{world.acme['team']}", world.deleted["team"]]
    tab = world.margaret.open_tab("globex")
    with nothing_changes(world):
        for _ in range(50 * CASES):
            event = dict(draw.choice(client_events([any_id(draw, world, "member")], [draw.choice(rooms)])))
            if draw.random() < 0.3:
                event[draw.choice(["room", "memberIds", "workspace", "workspaceId", "memberId", "after"])] = draw.choice(
                    [world.acme["workspace"], "acme", world.acme["team"], [world.acme["member"]], 0, None])
            tab.send(event)
        tab.drain()
    sent = str([world.acme[kind] for kind in ("member", "team")] + rooms)
    world.assert_nothing_leaks(str([frame for frame in tab.seen if frame["type"] != "presence.update"]), sent)
    assert not [frame for frame in tab.seen if frame["type"] == "room.signal" and frame["memberId"] == world.ada_member]
    assert not [frame for frame in world.tab.seen if frame["type"].startswith("room.signal")]
    tab.close()
