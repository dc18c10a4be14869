"""Workspaces and people for a soak, made over HTTP in a node that runs with the demo's data; and HTTP itself."""

import asyncio
import json


# Flags of a node: here everybody comes from one address, and one owner gives all commands.
OPEN_DOOR = ("--connections-per-address", "0", "--handshakes-per-address", "0", "--commands-per-user", "0",
             "--commands-per-workspace", "0")


class Http:
    """One keep-alive connection. Requests take turns."""

    def __init__(self, host):
        self.host = host
        self._turn = asyncio.Lock()
        self._streams = None

    async def ask(self, method, path, cookie="", body=None):
        """Status, headers, parsed body. OSError where the connection breaks."""
        text = "" if body is None else json.dumps(body)
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nOrigin: http://{self.host}\r\nCookie: {cookie}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        async with self._turn:
            if self._streams is None:
                address, port = self.host.rsplit(":", 1)
                self._streams = await asyncio.open_connection(address, int(port))
            try:
                return await self._exchange(f"{head}\r\n{text}".encode())
            except asyncio.IncompleteReadError as error:
                self._streams = None
                raise ConnectionResetError("closed before the answer") from error
            except OSError:
                self._streams = None
                raise

    async def _exchange(self, request):
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            writer.close()
            self._streams = None
        return int(head[0].split()[1]), headers, json.loads(body) if body else None


class Person:
    def __init__(self, email, cookie=""):
        self.email = email
        self.cookie = cookie


class Place:
    """A workspace, and what there is in it."""

    def __init__(self, host, slug):
        self.host = host
        self.slug = slug
        self.people = []
        self.members = []  # their ids, without the owner's
        self.teams = []
        self.roles = []

    def path(self, rest=""):
        return f"/v1/workspaces/{self.slug}{rest}"


def _cookie(headers):
    return headers["set-cookie"].split(";")[0]


class World:
    """All that the soak moves about in."""

    PASSWORD = "a long password"

    def __init__(self, host):
        self.http = Http(host)
        self.host = host
        self.owner = Person("ada@acme.test")
        self.people = []
        self.places = []

    async def expect(self, method, path, cookie, body, status):
        got, headers, answer = await self.http.ask(method, path, cookie, body)
        if got != status:
            raise RuntimeError(f"{method} {path}: {got} {answer}")
        return headers, answer

    async def build(self, places, people, members):
        headers, _ = await self.expect("POST", "/v1/session", "", {"email": self.owner.email, "password": "orbit-demo"}, 200)
        self.owner.cookie = _cookie(headers)
        self.people = [Person(f"soak{i}@acme.test") for i in range(people)]
        for number in range(places):
            place = Place(self.host, f"soak-{number}")
            await self.expect("POST", "/v1/workspaces", self.owner.cookie, {"name": "Soak", "slug": place.slug}, 201)
            await self._fill(place, [self.people[(number * members + i) % people] for i in range(members)])
            self.places.append(place)

    async def _fill(self, place, people):
        place.people = people
        for name in ("Left", "Right"):
            _, role = await self.expect("POST", place.path("/roles"), self.owner.cookie, {"name": name, "permissions": []}, 201)
            place.roles.append(role["id"])
        for number in range(4):
            _, team = await self.expect("POST", place.path("/teams"), self.owner.cookie, {"name": f"Crew {number}"}, 201)
            place.teams.append(team["id"])
        for person in people:
            place.members.append(await self._bring(place, person))

    async def _bring(self, place, person):
        _, invite = await self.expect("POST", place.path("/invites"), self.owner.cookie,
                                      {"email": person.email, "roleId": place.roles[0]}, 201)
        account = {} if person.cookie else {"name": person.email.split("@", 1)[0], "password": self.PASSWORD}
        headers, answer = await self.expect("POST", "/v1/invites/accept", person.cookie,
                                            {"token": invite["token"]} | account, 201)
        if not person.cookie:
            person.cookie = _cookie(headers)
        return answer["member"]["id"]
