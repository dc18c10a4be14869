"""Starts the real node on a free port with a database of its own, and drives it as people would: over HTTP with
requests, over WebSockets with the websockets library. Nothing in here stands in for a part of Orbit."""

import asyncio
import contextlib
import itertools
import json
import os
import queue
import re
import signal
import sqlite3
import ssl
import subprocess
import threading
import time
from pathlib import Path

import jsonschema
import requests
import websockets

from services import free_port

ROOT = Path(__file__).parents[2]
BINARY = Path(os.environ.get("ORBIT_BINARY", ROOT / "build/release/orbit"))
PASSWORD = "orbit-demo"
WEBHOOK_SECRET = "whsec_end_to_end"
PATIENCE = 10.0  # seconds until a test gives up on something that must happen
# Nodes have a database on the server that ORBIT_TEST_POSTGRESQL names, instead of a file.
ON_POSTGRESQL = os.environ.get("ORBIT_TEST_DATABASE") == "postgresql"


class PostgresqlDatabase:
    """A new, empty one."""

    _numbers = itertools.count(1)

    def __init__(self):
        self.server = os.environ["ORBIT_TEST_POSTGRESQL"]
        self.name = f"orbit_{os.getpid()}_{next(self._numbers)}"
        self.url = f"{self.server}/{self.name}?pool_size=8"
        self._psql("postgres", f"CREATE DATABASE {self.name}")

    def query(self, sql, *parameters):
        for parameter in parameters:
            quoted = "'" + str(parameter).replace("'", "''") + "'"
            sql = sql.replace("?", quoted, 1)
        rows = self._psql(self.name, f"SELECT coalesce(json_agg(r), '[]') FROM ({sql}) r")
        return [tuple(row.values()) for row in json.loads(rows)]

    def rows_of(self, tables):
        """Of each table the rows as text, in one go: each query here is a process."""
        parts = (f"SELECT '{table}' AS \"table\", to_jsonb(r)::text AS \"row\" FROM (SELECT {columns} FROM {table}) r"
                 for table, columns in tables.items())
        return sorted(map(str, self.query(" UNION ALL ".join(parts))))

    def _psql(self, database, sql):
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql,
                               f"{self.server}/{database}"], check=True, capture_output=True, text=True).stdout


class SqliteDatabase:
    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:{path}"

    def query(self, sql, *parameters):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def rows_of(self, tables):
        return {table: sorted(map(str, self.query(f"SELECT {columns} FROM {table}"))) for table, columns in tables.items()}


class Node:
    """One `orbit serve` process."""

    host = "127.0.0.1"
    namespace = None  # that it runs in
    certificate = None  # file that clients trust, where the node speaks TLS

    def __init__(self, directory, *flags, demo=True):
        own_file = not ON_POSTGRESQL or "--database" in flags
        self.database = SqliteDatabase(Path(directory) / "orbit.db") if own_file else PostgresqlDatabase()
        self.log = Path(directory) / "node.log"
        self.flags = [
            "--presence-grace", "0s", "--drain", "0s",
            # Tests send commands as fast as a machine can.
            "--commands-per-user", "0", "--commands-per-workspace", "0",
            *(["--demo"] if demo else []), *flags,
        ]
        self.process = None
        self.url = None

    def start(self, port=None):
        self.url = None
        port = port or free_port()
        environment = os.environ | {"ORBIT_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}
        command = [BINARY, "serve", "--listen", f"{self.host}:{port}", "--database", self.database.url, *self.flags]
        self.process = subprocess.Popen(
            self.namespace.command(command) if self.namespace else command,
            stdout=subprocess.PIPE, stderr=self.log.open("ab"), text=True, env=environment,
        )
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.url = line.split()[-1]
                break
        assert self.url, f"the node did not start:\n{self.log.read_text()}"
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def kill_if_running(self):
        if self.is_running:
            self.kill()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def restart(self):
        return self.start(self.port)

    def query(self, sql, *parameters):
        """Reads the database beside the node."""
        return self.database.query(sql, *parameters)

    def head(self, slug):
        """The seq of what was last committed in the workspace; 0 where it is gone."""
        rows = self.query("SELECT s.seq FROM streams s JOIN workspaces w ON w.id = s.workspace_id WHERE w.slug = ?", slug)
        return rows[0][0] if rows else 0

    def sign_in(self, email, password=PASSWORD):
        person = Person(self, email)
        answer = person.post("/v1/session", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return person


def certificate_of(node):
    """What clients trust; None where the node, or what stands in front of it, is plain."""
    return getattr(node, "certificate", None)


class Person:
    """Somebody signed in: a cookie jar and a name."""

    def __init__(self, node, email=None):
        self.node = node
        self.email = email
        self.http = requests.Session()
        self.http.headers["Origin"] = node.url

    def request(self, method, path, body=None, **options):
        if body is not None:
            options["json"] = body
        return self.http.request(method, self.node.url + path, timeout=PATIENCE, verify=certificate_of(self.node), **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, {} if body is None else body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, {} if body is None else body, **options)

    def patch(self, path, body, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def snapshot(self, slug="acme"):
        answer = self.get(f"/v1/workspaces/{slug}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def member_id(self, email, slug="acme"):
        return next(m["id"] for m in self.snapshot(slug)["members"] if m["email"] == email)

    def role_id(self, key, slug="acme"):
        return next(r["id"] for r in self.snapshot(slug)["roles"] if key in (r["systemKey"], r["name"]))

    @property
    def cookie(self):
        return "; ".join(f"{c.name}={c.value}" for c in self.http.cookies)

    def open_tab(self, slug="acme", **options):
        return Tab(self.node, slug, cookie=self.cookie, **options)


class _Loop:
    """One event loop for all tabs of a test run, on a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)


_loop = _Loop()


class _Contract:
    """The published JSON Schema. Every frame of every test is held against it."""

    def __init__(self):
        schema = json.loads((ROOT / "docs/reference/realtime-events.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validators = {}
        for event in schema["$defs"]["ServerEvent"]["oneOf"]:
            name = event["$ref"].rsplit("/", 1)[1]
            kind = schema["$defs"][name]["properties"]["type"]["const"]
            self.validators[kind] = jsonschema.Draft202012Validator(
                {"$schema": schema["$schema"], "$ref": event["$ref"], "$defs": schema["$defs"]},
                format_checker=jsonschema.draft202012_format_checker)

    def check(self, frame):
        assert frame["type"] in self.validators, f"the schema knows no {frame['type']}"
        self.validators[frame["type"]].validate(frame)


_contract = _Contract()


class Refused(Exception):
    def __init__(self, status, headers):
        super().__init__(status)
        self.status = status
        self.headers = headers


class Tab:
    """One open WebSocket. Frames are kept in the order they came; `next` takes the next one that is asked for."""

    def __init__(self, node, slug, cookie=None, origin="own", query="", wait_for_hello=True, compression=None):
        headers = {"Cookie": cookie} if cookie else {}
        url = f"ws{node.url.removeprefix('http')}/v1/ws?workspace={slug}{query}"
        origin = node.url if origin == "own" else origin
        self.node = node
        self.slug = slug
        self.frames = queue.Queue()
        self.seen = []
        self.close_code = None
        self.closed = threading.Event()
        try:
            certificate = certificate_of(node)
            trust = ssl.create_default_context(cafile=certificate) if certificate else None
            self.socket = _loop.run(self._connect(url, origin, headers, compression, trust))
        except websockets.InvalidStatusCode as refusal:
            raise Refused(refusal.status_code, refusal.headers) from None
        self._reader = asyncio.run_coroutine_threadsafe(self._read(), _loop.loop)
        self.hello = self.next("hello") if wait_for_hello else None

    @staticmethod
    async def _connect(url, origin, headers, compression, trust):
        return await websockets.connect(url, origin=origin, extra_headers=headers, compression=compression, ssl=trust,
                                        ping_interval=None, close_timeout=1, max_size=None)

    async def _read(self):
        try:
            async for text in self.socket:
                self.frames.put(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        self.close_code = self.socket.close_code
        self.closed.set()

    def next(self, kind=None, timeout=PATIENCE):
        """The next frame of the kind, passing over others, which stay in `seen`."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                frame = self.frames.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind or 'frame'} came; got {[f['type'] for f in self.seen]}, "
                                     f"close code {self.close_code}") from None
            self._see(frame)
            if kind is None or frame["type"] == kind:
                return frame

    def _see(self, frame):
        self.seen.append(frame)
        _contract.check(frame)

    def send(self, frame):
        self.send_text(frame if isinstance(frame, str) else json.dumps(frame))

    def send_text(self, data):
        _loop.run(self.socket.send(data))

    def ask(self, frame):
        """Sends a client event with a ref and returns its reply or error."""
        self.send(frame | {"ref": "asked"})
        while True:
            answer = self.next()
            if answer.get("ref") == "asked":
                return answer

    def drain(self):
        """Every frame of what was committed up to now: a ping's pong comes behind them all. On PostgreSQL a command may be
        answered before tabs are told; there, pings are sent until a pong says that the tab has come that far."""
        committed = self.node.head(self.slug) if ON_POSTGRESQL else 0
        frames = []
        self.send({"type": "ping"})
        while True:
            frame = self.next()
            if frame["type"] != "pong":
                frames.append(frame)
            elif frame["seq"] >= committed:
                return frames
            else:
                self.send({"type": "ping"})

    def wait_closed(self, timeout=PATIENCE):
        assert self.closed.wait(timeout), "the socket is still open"
        while not self.frames.empty():
            self._see(self.frames.get())
        return self.close_code

    def close(self):
        _loop.run(self.socket.close())
        self.closed.wait(PATIENCE)

    def vanish(self):
        """Goes without a close frame, as a lost network does."""
        _loop.loop.call_soon_threadsafe(self.socket.transport.abort)
        self.closed.wait(PATIENCE)


def durable(frames):
    return [frame for frame in frames if "seq" in frame and frame["type"] not in ("hello", "pong", "resync")]


def eventually(condition, timeout=PATIENCE):
    """Waits until the condition holds; for what no frame or answer announces."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def metric(node, name, labels=""):
    """The sum over all labels, or of that with these."""
    text = requests.get(node.metrics_url, timeout=PATIENCE).text
    return sum(map(float, re.findall(rf"^{name}{re.escape(labels)}(?:{{.*}})? (\S+)$", text, re.MULTILINE)))


TABLES = ("users", "workspaces", "roles", "members", "invites", "teams", "team_members", "subscriptions", "event_log",
          "streams")


def everything(node):
    """Every row that a command could have changed. How far the relay has noted its work is its own affair."""
    columns = {"streams": "workspace_id, seq"}
    return node.database.rows_of({table: columns.get(table, "*") for table in TABLES})
