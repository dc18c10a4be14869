"""Keeps a node under steady load with people coming and going, and watches what it takes: script/soak runs it."""

import argparse
import asyncio
import collections
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "e2e"))

from report import cpu_seconds, metrics_in, percentile, summary, text_of, usage  # noqa: E402
from services import free_port  # noqa: E402
from tab import Tab  # noqa: E402
from world import OPEN_DOOR, Http, World  # noqa: E402

EVERY = 10.0  # seconds between samples
EXPECTED_ENDS = {1000, 1005, None}  # of a tab that left by its own will
OF_INTEREST = ("orbit_websocket_connections", "orbit_websocket_queued_bytes", "orbit_websocket_frames_sent_total",
               "orbit_websocket_frames_dropped_total", "orbit_workers_queued", "orbit_workers_refused_total",
               "orbit_relay_published_total", "orbit_relay_failures_total", "orbit_relay_gaps_total",
               "orbit_history_bytes", "orbit_snapshot_cache_bytes", "orbit_hub_sockets", "orbit_hub_channels", "orbit_rooms",
               "orbit_gateway_refused_events_total", "orbit_database_failures_total", "orbit_http_connections")


class Node:
    def __init__(self, options):
        options.directory.mkdir(parents=True, exist_ok=True)
        for old in options.directory.glob("orbit.db*"):
            old.unlink()
        self.host = f"127.0.0.1:{free_port()}"
        self.metrics = f"127.0.0.1:{free_port()}"
        self.process = subprocess.Popen(
            [options.orbit, "serve", "--demo", "--listen", self.host, "--metrics-listen", self.metrics, "--database",
             f"sqlite:{options.directory / 'orbit.db'}", *OPEN_DOOR, *options.node_flag],
            stdout=subprocess.PIPE, stderr=(options.directory / "node.log").open("wb"), text=True)
        if not self.process.stdout.readline().startswith("listening on"):
            raise SystemExit(f"the node did not start: see {options.directory / 'node.log'}")


class Soak:
    def __init__(self, node, options):
        self.node = node
        self.options = options
        self.world = World(node.host)
        self.random = random.Random(1)
        self.tabs = set()
        self.errors = collections.Counter()
        self.counts = collections.Counter()
        self.samples = []
        self.event_ms = []
        self.lag_ms = []
        self.pending = {}  # name of a workspace or team -> (when asked, when answered) of a command under way
        self.commands = Http(node.host)
        self.queries = Http(node.host)
        self.began = None
        self.tasks = set()
        self.over = asyncio.Event()

    # What tabs hear.

    def on_frame(self, tab, frame):
        kind = frame["type"]
        self.counts[kind] += 1
        if kind == "hello":
            if self.random.random() < 0.3:
                tab.say({"type": "room.join", "room": "workspace"})
        elif kind == "error":
            self.errors[f"error frame {frame['code']}"] += 1
        elif kind == "resync":
            self.errors[f"resync {frame['reason']}"] += 1
        elif kind != "pong" and "seq" in frame:
            if tab.cursor and frame["seq"] <= tab.cursor[1]:
                self.errors["an event out of order"] += 1
            self._note_event(tab, frame)

    def _note_event(self, tab, frame):
        if tab is not getattr(tab.place, "probe", None):
            return
        name = (frame.get("workspace") or frame.get("team") or {}).get("name")
        if name in self.pending:
            asked, answered = self.pending.pop(name)
            now = time.monotonic()
            self.event_ms.append((now - asked) * 1000)
            self.lag_ms.append(max(0.0, now - answered) * 1000 if answered else 0.0)

    def on_end(self, tab, code):
        self.tabs.discard(tab)
        if getattr(tab.place, "probe", None) is tab:
            tab.place.probe = None
        if not tab.leaving or code not in EXPECTED_ENDS:
            self.errors[f"socket ended with {code}"] += 1
        if not self.over.is_set():
            self.later(self._come_back(tab))

    # What people do.

    async def _come_back(self, tab):
        await asyncio.sleep(self.random.uniform(0.1, 10))
        resumes = tab.cursor is not None and self.random.random() < 0.7
        if not resumes:
            await self._ask("GET", tab.place.path(), tab.person.cookie, 200, self.queries)
        await self.open(tab.place, tab.person, tab.cursor if resumes else None)

    async def open(self, place, person, cursor=None):
        loop = asyncio.get_running_loop()
        address, port = self.node.host.rsplit(":", 1)
        tab = Tab(place, person, self, cursor, deflate=self.random.random() < 0.3)
        try:
            await loop.create_connection(lambda: tab, address, int(port))
        except OSError as error:
            self.errors[f"connect: {type(error).__name__}"] += 1
            return
        self.tabs.add(tab)
        if getattr(place, "probe", None) is None:
            place.probe = tab

    async def _ask(self, method, path, cookie, status, http=None, body=None):
        try:
            got, _, answer = await (http or self.commands).ask(method, path, cookie, body)
        except OSError as error:
            self.errors[f"HTTP: {type(error).__name__}"] += 1
            return None
        self.counts["requests"] += 1
        if got != status:
            self.errors[f"HTTP {got} {(answer or {}).get('code', '')}".strip()] += 1
        return answer

    async def command(self, number):
        place = self.random.choice(self.world.places)
        owner = self.world.owner.cookie
        what = number % 10
        if what < 4:
            name = f"{'Soak' if what < 2 else 'Band'} {number}"
            path = place.path() if what < 2 else place.path(f"/teams/{self.random.choice(place.teams)}")
            self.pending[name] = (time.monotonic(), None)
            await self._ask("PATCH", path, owner, 200, body={"name": name})
            if name in self.pending:
                self.pending[name] = (self.pending[name][0], time.monotonic())
        elif what < 7:
            await self._ask("PUT", place.path(f"/members/{self.random.choice(place.members)}/role"), owner, 200,
                            body={"roleId": self.random.choice(place.roles)})
        elif what == 7:
            team = await self._ask("POST", place.path("/teams"), owner, 201, body={"name": f"Brief {number}"})
            if team and "id" in team:
                await self._ask("DELETE", place.path(f"/teams/{team['id']}"), owner, 204)
        elif what == 8:
            invite = await self._ask("POST", place.path("/invites"), owner, 201,
                                     body={"email": f"guest{number}@acme.test", "roleId": place.roles[0]})
            if invite and "id" in invite:
                await self._ask("DELETE", place.path(f"/invites/{invite['id']}"), owner, 200)
        else:
            await self._ask("GET", place.path(), self.random.choice(place.people).cookie, 200, self.queries)

    async def sign_in(self):
        """And out again, of somebody else each time: an account may try ten times in a quarter of an hour."""
        person = self.random.choice(self.world.people)
        http = Http(self.node.host)
        try:
            got, headers, _ = await http.ask("POST", "/v1/session", "", {"email": person.email, "password": World.PASSWORD})
            if got != 200:
                self.errors[f"sign-in {got}"] += 1
                return
            await http.ask("DELETE", "/v1/session", headers["set-cookie"].split(";")[0])
        except OSError as error:
            self.errors[f"HTTP: {type(error).__name__}"] += 1

    def live(self):
        return self.random.choice([tab for tab in self.tabs if tab.hello] or [None])

    def churn(self):
        tab = self.live()
        if tab:
            tab.leave() if self.random.random() < 0.6 else tab.vanish()

    def signal(self):
        tab = self.live()
        if tab:
            tab.say({"type": "room.join", "room": "workspace"})
            tab.say({"type": "room.signal", "room": "workspace", "kind": "cursor", "payload": {"x": self.random.random()}})

    def presence(self):
        tab = self.live()
        if tab:
            tab.say({"type": self.random.choice(["presence.away", "presence.back", "ping"])})

    # How it goes on.

    def later(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            self.errors[f"the soak itself: {task.exception()!r}"] += 1

    async def at_pace(self, rate, work):
        """Late work is made up for, so that the load stays what it says."""
        due = time.monotonic()
        number = 0
        while not self.over.is_set():
            due += self.random.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            made = work(number)
            if made is not None:
                self.later(made)
            number += 1

    async def sample(self):
        status, text = await self._metrics()
        metrics = metrics_in(text) if status == 200 else {}
        now = usage(self.node.process.pid)
        at = time.monotonic() - self.began
        sample = {
            "at_s": round(at, 1), **now, "tabs": len(self.tabs), "sockets": int(metrics.get("orbit_websocket_connections", 0)),
            "event_ms": {"count": len(self.event_ms), "p50": percentile(self.event_ms, 0.5),
                         "p99": percentile(self.event_ms, 0.99), "most": max(self.event_ms, default=None)},
            "relay_lag_ms": {"p50": percentile(self.lag_ms, 0.5), "p99": percentile(self.lag_ms, 0.99)},
            "errors": dict(self.errors), "own_cpu_s": cpu_seconds("self"),
            "metrics": {name: metrics.get(name) for name in OF_INTEREST},
        }
        # What is under way for so long will not come any more.
        for name in [name for name, (asked, _) in self.pending.items() if time.monotonic() - asked > 30]:
            del self.pending[name]
            self.counts["probes without an answer"] += 1
        self.event_ms.clear()
        self.lag_ms.clear()
        self.samples.append(sample)
        self.write()
        return sample

    async def _metrics(self):
        address, port = self.node.metrics.rsplit(":", 1)
        reader, writer = await asyncio.open_connection(address, int(port))
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: metrics\r\nConnection: close\r\n\r\n")
        text = (await reader.read()).decode()
        writer.close()
        return int(text.split()[1]), text.split("\r\n\r\n", 1)[1]

    def write(self):
        found = summary(self.samples, self.errors, self.options.warm_up * 60)
        new = self.options.json.with_suffix(".new")
        new.write_text(json.dumps({"tabs": self.options.tabs, "counts": self.counts, "summary": found, "samples": self.samples}))
        os.replace(new, self.options.json)
        return found

    async def run(self):
        options = self.options
        print(f"{options.places} workspaces of {options.members} members", file=sys.stderr)
        await self.world.build(options.places, options.people, options.members)
        self.began = time.monotonic()
        for number in range(options.tabs):
            place = self.world.places[number % options.places]
            await self.open(place, self.random.choice(place.people))
            if number % 20 == 0:
                await asyncio.sleep(0.05)
        paces = [(options.commands, self.command), (options.churn, lambda _: self.churn()),
                 (options.signals, lambda _: self.signal()), (5, lambda _: self.presence()),
                 (1 / 30, lambda _: self.sign_in())]
        running = [asyncio.ensure_future(self.at_pace(rate, work)) for rate, work in paces]
        while not self.over.is_set() and time.monotonic() - self.began < options.minutes * 60:
            try:
                await asyncio.wait_for(self.over.wait(), EVERY)
            except asyncio.TimeoutError:
                pass
            if self.node.process.poll() is not None:
                self.errors["the node ended"] += 1
                break
            sample = await self.sample()
            print(f"{sample['at_s'] / 60:6.1f} min  RSS {sample['rss_kb'] / 1024:6.1f} MB  descriptors {sample['descriptors']}"
                  f"  p99 {sample['event_ms']['p99'] or 0:.1f} ms  errors {sum(self.errors.values())}", file=sys.stderr, flush=True)
        self.over.set()
        for task in (*running, *self.tasks):
            task.cancel()
        return self.write()


async def soak(options):
    node = Node(options)
    try:
        made = Soak(node, options)
        for stop in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(stop, made.over.set)
        print(text_of(await made.run()))
    finally:
        node.process.terminate()
        node.process.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--tabs", type=int, default=2000)
    parser.add_argument("--places", type=int, default=20, help="workspaces")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--members", type=int, default=25, help="of each workspace, of those people")
    parser.add_argument("--commands", type=float, default=8, help="a second")
    parser.add_argument("--churn", type=float, default=5, help="tabs that go, a second; each comes back within 10 s")
    parser.add_argument("--signals", type=float, default=10, help="a second")
    parser.add_argument("--warm-up", type=float, default=10, help="minutes that slopes leave out")
    parser.add_argument("--orbit", type=Path, required=True)
    parser.add_argument("--directory", type=Path, default=Path("build/bench/soak"))
    parser.add_argument("--json", type=Path, default=Path("build/bench/soak.json"))
    parser.add_argument("--node-flag", action="append", default=[], help="another flag for the node; repeatable")
    asyncio.run(soak(parser.parse_args()))


if __name__ == "__main__":
    main()
