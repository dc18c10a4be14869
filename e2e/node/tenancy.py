"""Two workspaces and the people who try to reach from one into the other; every route and client event, with what to send.

A route is written as the router has it: {slug}, {id}, {memberId} and {session} in a path stand for what the test chooses, and
so does each name of a body's field in ID_FIELDS."""

import json
import re
import uuid
from dataclasses import dataclass, field

import requests

from harness import ROOT, PATIENCE, Person

W = "/v1/workspaces/{slug}"
TEAM_MEMBER = W + "/teams/{id}/members/{memberId}"


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    body: dict | None = None
    ids: dict = field(default_factory=dict)  # of path and body: which kind of id it takes
    permission: bool = False  # whether it takes one that a plain member has not

    @property
    def name(self):
        return f"{self.method} {self.pattern}"


# Inside a workspace.
WORKSPACE_ROUTES = [
    Route("GET", W), Route("GET", W + "/log"), Route("PATCH", W, {"name": "Mine"}, permission=True),
    Route("DELETE", W, permission=True),
    Route("POST", W + "/transfer", {}, {"memberId": "member"}, permission=True), Route("POST", W + "/leave", {}),
    Route("GET", W + "/members"), Route("GET", W + "/members/{id}", ids={"id": "member"}),
    Route("DELETE", W + "/members/{id}", ids={"id": "member"}, permission=True),
    Route("PUT", W + "/members/{id}/role", {}, {"id": "member", "roleId": "role"}, permission=True),
    Route("GET", W + "/roles"), Route("POST", W + "/roles", {"name": "Mine", "permissions": []}, permission=True),
    Route("PATCH", W + "/roles/{id}", {"permissions": []}, {"id": "role"}, permission=True),
    Route("DELETE", W + "/roles/{id}", ids={"id": "role"}, permission=True),
    Route("GET", W + "/invites", permission=True),
    Route("POST", W + "/invites", {"email": "me@example.test"}, {"roleId": "role"}, permission=True),
    Route("DELETE", W + "/invites/{id}", ids={"id": "invite"}, permission=True),
    Route("GET", W + "/teams"), Route("POST", W + "/teams", {"name": "Mine"}, permission=True),
    Route("PATCH", W + "/teams/{id}", {"name": "Mine"}, {"id": "team"}, permission=True),
    Route("DELETE", W + "/teams/{id}", ids={"id": "team"}, permission=True),
    Route("PUT", TEAM_MEMBER, {}, {"id": "team", "memberId": "member"}, permission=True),
    Route("DELETE", TEAM_MEMBER, ids={"id": "team", "memberId": "member"}, permission=True),
    Route("GET", W + "/subscription"),
    Route("PUT", W + "/subscription", {"plan": "free", "seats": 1}, permission=True),
]

# About oneself, or about nobody. Those marked "open" answer people who are not signed in.
OWN_ROUTES = [
    Route("GET", "/v1/me"), Route("PATCH", "/v1/me", {"name": "Margaret Hamilton"}), Route("GET", "/v1/sessions"),
    Route("DELETE", "/v1/sessions/{id}", ids={"id": "session"}), Route("GET", "/v1/workspaces"),
    Route("POST", "/v1/workspaces", {"slug": "acme", "name": "Mine"}), Route("DELETE", "/v1/sessions"),
    Route("DELETE", "/v1/session"),
]
OPEN_ROUTES = [
    Route("POST", "/v1/session", {"email": "ada@acme.test", "password": "not hers"}),
    Route("POST", "/v1/invites/accept", {"token": "no-such-token"}), Route("GET", "/v1/config"),
    Route("POST", "/v1/billing/stripe", {}),
]

PREFIXES = {"member": "mbr_", "role": "wsrole_", "team": "team_", "invite": "inv_", "session": "sess_", "workspace": "ws_",
            "user": "user_", "subscription": "sub_"}
ID = re.compile(r"_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{22}")
MALFORMED = ["x", "mbr_", "team_0198c0de", "%00", "%2e%2e%2fglobex", "*", "'; DROP TABLE teams; --", "null", "-1",
             "mbr_0198C0DE-0000-7000-8000-000000000000", "é", "a" * 200]


def routes_of(node):
    """Every route that the program has: the paths that its sources add to the router, and of each the methods that the
    running node allows."""
    source = "".join(path.read_text() for path in sorted((ROOT / "server").rglob("*.cpp"))
                     if not path.name.endswith("_test.cpp"))
    routes = set()
    for pattern in set(re.findall(r'"(/v1/[a-z][^"]*)"', source)):
        answer = requests.request("BREW", node.url + re.sub(r"{\w+}", "x", pattern), timeout=PATIENCE)
        if answer.status_code == 405:
            routes |= {f"{method} {pattern}" for method in answer.headers["Allow"].split(", ") if method != "OPTIONS"}
    return routes


def id_like(kind, random):
    """An id that nothing has; of this moment, as a new one is."""
    text = uuid.UUID(int=(0x0198C0DE << 96) | (0x7 << 76) | (0b10 << 62) | random.getrandbits(60))
    return PREFIXES[kind] + str(text)


def client_event_kinds():
    schema = json.loads((ROOT / "docs/reference/realtime-events.schema.json").read_text())["$defs"]
    names = [event["$ref"].rsplit("/", 1)[1] for event in schema["ClientEvent"]["oneOf"]]
    return {schema[name]["properties"]["type"]["const"] for name in names}


def client_events(ids, rooms):
    """Each kind of client event, about these members and rooms."""
    return [{"type": "ping"}, {"type": "presence.away"}, {"type": "presence.back"},
            {"type": "presence.watch", "memberIds": ids},
            *({"type": kind, "room": room} for kind in ("room.join", "room.leave") for room in rooms),
            *({"type": "room.join", "room": room, "after": 0} for room in rooms),
            *({"type": "room.signal", "room": room, "kind": "cursor", "payload": {"x": 1}} for room in rooms)]


def secrets_in(value, key=None):
    """Every id of a document, and what people call things and themselves."""
    if isinstance(value, str):
        return {value} if key in ("name", "email", "description") or ID.search(value) else set()
    if isinstance(value, dict):
        return set().union(*(secrets_in(part, name) for name, part in value.items()))
    return set().union(*(secrets_in(part) for part in value)) if isinstance(value, list) else set()


class World:
    """acme, which is to be left alone; globex, whose owner margaret reaches for it; edsger, who was a member of acme and
    has a workspace of his own; somebody who signed out; alan, a member of acme without any permission."""

    def __init__(self, node):
        self.node = node
        self.ada, self.alan, self.margaret, self.removed, self.signed_out = (
            node.sign_in(email) for email in ("ada@acme.test", "alan@acme.test", "margaret@globex.test",
                                              "edsger@acme.test", "ada@acme.test"))
        self.nobody = Person(node)
        left = self.signed_out.cookie
        assert self.signed_out.delete("/v1/session").status_code == 204
        self.signed_out.http.headers["Cookie"] = left  # the cookie is kept, as a thief would

        self._add_what_has_ids(self.ada, "acme")
        self._add_what_has_ids(self.margaret, "globex")
        assert self.removed.post("/v1/workspaces", {"slug": "edsgers", "name": "Edsger's"}).status_code == 201
        self._add_what_has_ids(self.removed, "edsgers")
        self.deleted = self._delete_what_has_ids()
        self.acme = self._ids(self.ada, "acme")
        self.globex = self._ids(self.margaret, "globex")
        self.edsgers = self._ids(self.removed, "edsgers")
        self.tab = self.ada.open_tab()  # sees whatever happens in acme
        self.tab.drain()
        self.ada_member, self.alan_member = (self.ada.member_id(p.email) for p in (self.ada, self.alan))
        self.secrets = {"acme": self._secrets(self.ada, self.acme, [self.margaret.snapshot("globex"),
                                                                    self.removed.snapshot("edsgers")]),
                        "globex": self._secrets(self.margaret, self.globex, [self.ada.snapshot()])}

    def _add_what_has_ids(self, owner, slug):
        path = f"/v1/workspaces/{slug}"
        member = owner.snapshot(slug)["you"]["id"]
        team = owner.post(f"{path}/teams", {"name": f"Secret team of {slug}"}).json()["id"]
        assert owner.put(f"{path}/teams/{team}/members/{member}").status_code == 200
        for kind, body in (("roles", {"name": f"Secret role of {slug}", "permissions": []}),
                           ("invites", {"email": f"secret@{slug}.test"})):
            assert owner.post(f"{path}/{kind}", body).status_code == 201

    def _delete_what_has_ids(self):
        """Of acme: ids that named something once."""
        path = "/v1/workspaces/acme"
        gone = {"role": self.ada.post(f"{path}/roles", {"name": "Gone", "permissions": []}).json()["id"],
                "team": self.ada.post(f"{path}/teams", {"name": "Gone"}).json()["id"],
                "invite": self.ada.post(f"{path}/invites", {"email": "gone@acme.test"}).json()["invite"]["id"],
                "member": self.ada.member_id("edsger@acme.test")}
        for kind, name in gone.items():
            assert self.ada.delete(f"{path}/{kind}s/{name}").status_code == 204
        return gone | {"session": self._session(self.alan, self.node.sign_in("alan@acme.test"))}

    def _session(self, person, other):
        """One that ended."""
        name = next(s["id"] for s in other.get("/v1/sessions").json() if s["current"])
        assert person.delete(f"/v1/sessions/{name}").status_code == 204
        return name

    def _ids(self, owner, slug):
        snapshot = owner.snapshot(slug)
        custom = next(role for role in snapshot["roles"] if role["systemKey"] is None)
        others = [member for member in snapshot["members"] if member["id"] != snapshot["you"]["id"]]
        return {"slug": slug, "workspace": snapshot["workspace"]["id"], "member": (others or snapshot["members"])[-1]["id"],
                "role": custom["id"], "invite": snapshot["invites"][0]["id"],
                "team": next(team["id"] for team in snapshot["teams"] if slug in team["name"]),
                "user": owner.get("/v1/me").json()["user"]["id"],
                "subscription": snapshot["subscription"]["id"] if snapshot["subscription"] else None,
                "session": next(s["id"] for s in owner.get("/v1/sessions").json() if s["current"])}

    def _secrets(self, owner, ids, others):
        """What the workspace's owner reads that no other workspace says: ids, names, e-mail addresses."""
        return (secrets_in(owner.snapshot(ids["slug"])) | {ids["session"], ids["user"]}) - secrets_in(others)

    def assert_nothing_leaks(self, text, sent="", of="acme"):
        """`sent`: what the asker knew already."""
        leaked = [secret for secret in self.secrets[of] if secret in text and secret not in sent]
        assert leaked == [], text

    def of_acme(self):
        """Byte by byte, what its owner reads of it."""
        answers = [self.ada.get(path) for path in ("/v1/workspaces/acme", "/v1/workspaces/acme/log")]
        assert [answer.status_code for answer in answers] == [200, 200]
        return [answer.content for answer in answers]

    def close(self):
        self.tab.close()
