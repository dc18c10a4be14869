"""Two crowds at a node, and what those inside feel of them: handshakes beyond --max-connections, and thousands of sockets that
go at once. Run by hand: /usr/bin/python3 bench/soak/crowds.py --orbit build/release/orbit"""

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "e2e"))

from report import cpu_seconds, metrics_in, percentile, usage  # noqa: E402
from services import free_port  # noqa: E402
from tab import Tab  # noqa: E402
from world import OPEN_DOOR, Http, World  # noqa: E402


class Inside:
    """Tabs that hear of a renaming 20 times a second; how long each delivery took from when it was asked."""

    def __init__(self, world):
        self.world = world
        self.place = world.places[0]
        self.http = Http(world.host)
        self.asked = {}
        self.took = []
        self.ended = 0
        self.presence = []

    def on_frame(self, _tab, frame):
        if frame["type"] == "workspace.updated":
            self.took.append((time.monotonic() - self.asked[frame["workspace"]["name"]]) * 1000)
        elif frame["type"].startswith("presence."):
            self.presence.append(frame)

    def on_end(self, _tab, _code):
        self.ended += 1

    async def open(self, count):
        address, port = self.world.host.rsplit(":", 1)
        for number in range(count):
            person = self.place.people[number % len(self.place.people)]
            await asyncio.get_running_loop().create_connection(lambda p=person: Tab(self.place, p, self), address, int(port))
        await asyncio.sleep(1)

    async def measure(self, seconds, what):
        self.took.clear()
        due = time.monotonic()
        end = due + seconds
        number = 0
        while time.monotonic() < end:
            due += 0.05
            await asyncio.sleep(max(0, due - time.monotonic()))
            name = f"{what} {number}"
            number += 1
            self.asked[name] = due
            status, _, answer = await self.http.ask("PATCH", self.place.path(), self.world.owner.cookie, {"name": name})
            assert status == 200, answer
        await asyncio.sleep(0.5)
        return {"deliveries": len(self.took), "p50_ms": round(percentile(self.took, 0.5), 2),
                "p99_ms": round(percentile(self.took, 0.99), 2), "most_ms": round(max(self.took), 2)}


async def knock(host, person, place, rate, seconds, answers):
    """Handshakes at an even pace, each on a connection of its own."""
    address, port = host.rsplit(":", 1)

    class Listener:
        def on_frame(self, _tab, _frame):
            pass

        def on_end(self, _tab, code):
            answers.append(code)

    due, loop, tasks = time.monotonic(), asyncio.get_running_loop(), set()
    for _ in range(int(rate * seconds)):
        due += 1 / rate
        if (wait := due - time.monotonic()) > 0.002:
            await asyncio.sleep(wait)
        task = asyncio.ensure_future(loop.create_connection(lambda: Tab(place, person, Listener()), address, int(port)))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks, return_exceptions=True)


def hold(host, slug, cookie, count):
    """A process of its own with so many sockets, to be killed."""
    reader, writer = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(writer)
        assert os.read(reader, 16) == b"open", "the crowd did not come in"
        return pid
    import socket
    address, port = host.rsplit(":", 1)
    request = (f"GET /v1/ws?workspace={slug} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
               "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()
    sockets = []
    for _ in range(count):
        sockets.append(socket.create_connection((address, int(port))))
        sockets[-1].sendall(request)
        sockets[-1].recv(4096)
    os.write(writer, b"open")
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


async def metrics_of(address):
    host, port = address.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: metrics\r\nConnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    return metrics_in(text.split("\r\n\r\n", 1)[1])


async def with_node(options, flags, measure):
    with tempfile.TemporaryDirectory() as directory:
        host, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        with (Path(directory) / "log").open("wb") as log:
            process = subprocess.Popen(
                [options.orbit, "serve", "--demo", "--listen", host, "--metrics-listen", metrics, "--heartbeat", "10m",
                 "--database", f"sqlite:{directory}/orbit.db", *OPEN_DOOR, *flags], stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            process.stdout.readline()
            world = World(host)
            await world.build(1, 20, 20)
            return await measure(world, process.pid, metrics)
        finally:
            process.kill()
            process.wait()


async def refusals(options):
    async def measure(world, pid, _metrics):
        inside = Inside(world)
        await inside.open(100)
        result = {"alone": await inside.measure(options.seconds, "alone")}
        answers, before = [], cpu_seconds(pid)
        knocking = asyncio.ensure_future(
            knock(world.host, inside.place.people[0], inside.place, options.rate, options.seconds, answers))
        result["while refusing"] = await inside.measure(options.seconds, "refusing")
        await knocking
        await asyncio.sleep(1)
        result |= {"refused": answers.count(503), "other": [code for code in answers if code != 503][:5],
                   "ended_inside": inside.ended, "node_cpu_s": round(cpu_seconds(pid) - before, 2)}
        return result
    return await with_node(options, ["--shards", "1", "--max-connections", "100"], measure)


async def all_at_once(options):
    async def measure(world, pid, metrics):
        inside = Inside(world)
        await inside.open(20)
        place, person = inside.place, world.owner  # who has no tab inside: so presence has something to say
        result = {"alone": await inside.measure(options.seconds, "alone"), "before": usage(pid)}
        crowd = await asyncio.to_thread(hold, world.host, place.slug, person.cookie, options.crowd)
        result["with the crowd"] = usage(pid)
        inside.presence.clear()
        killed = time.monotonic()
        os.kill(crowd, signal.SIGKILL)
        measuring = asyncio.ensure_future(inside.measure(options.seconds, "gone"))
        while (await metrics_of(metrics))["orbit_hub_sockets"] > 20:
            await asyncio.sleep(0.02)
        result["gone_after_s"] = round(time.monotonic() - killed, 2)
        result["meanwhile"] = await measuring
        os.waitpid(crowd, 0)
        await asyncio.sleep(4)
        result["after"] = usage(pid)
        counts = await metrics_of(metrics)
        result |= {"ended_inside": inside.ended, "presence_frames_each": len(inside.presence) / 20,
                   "queued_bytes": counts["orbit_websocket_queued_bytes"]}
        return result
    return await with_node(options, ["--sockets-per-member", "20000"], measure)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orbit", required=True)
    parser.add_argument("--rate", type=float, default=1000, help="handshakes a second that are refused")
    parser.add_argument("--crowd", type=int, default=10_000, help="sockets that go at once")
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for name, measure in (("refused handshakes", refusals), ("all at once", all_at_once)):
        print(name, json.dumps(asyncio.run(measure(options)), indent=2), flush=True)


if __name__ == "__main__":
    main()
