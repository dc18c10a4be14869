"""A demo cluster on one machine, with private servers in temporary directories; see script/cluster, which calls this."""

import argparse
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "e2e"))

from services import NatsServer, Nginx, PostgreSQL, RedisServer, free_port  # noqa: E402
from services.orbit import OrbitNode  # noqa: E402

RESTART_AFTER = 10.0  # seconds that what was killed stays away: longer than a node's lease


def arguments():
    parser = argparse.ArgumentParser(
        prog="script/cluster",
        description="Starts PostgreSQL, a broker, several nodes and nginx in front of them, all private to this demo.")
    parser.add_argument("--backplane", choices=["nats", "redis", "postgres"], default="nats",
                        help="what carries messages between the nodes (nats)")
    parser.add_argument("--nodes", type=int, default=3, metavar="N", help="how many nodes, 1 to 9 (3)")
    parser.add_argument("--port", type=int, default=8080, help="where nginx listens; the nodes have the next ones (8080)")
    parser.add_argument("--binary", type=Path, default=ROOT / "build/release/orbit",
                        help="the program; builds build/release/orbit unless given")
    given = parser.parse_args()
    if not 1 <= given.nodes <= 9:
        parser.error("--nodes takes a number from 1 to 9")
    if not is_free(given.port):
        parser.error(f"port {given.port} is in use; --port takes another one")
    return given


def is_free(port):
    with socket.socket() as probe, contextlib.suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


class Demo:
    """All that runs. Started in order, ended in the opposite one; what dies in between is started again."""

    def __init__(self, options):
        self.options = options
        self.entrance = f"http://127.0.0.1:{options.port}"
        self.services = {}

    def start(self):
        postgresql = self.run("PostgreSQL", PostgreSQL())
        database = postgresql.create_database("orbit")
        broker = {"nats": ("NATS", NatsServer), "redis": ("Redis", RedisServer)}.get(self.options.backplane)
        backplane = self.run(broker[0], broker[1]()).url if broker else "postgres"
        nodes = [self.run(f"node {name}", self.node(name, database, backplane))
                 for name in "abcdefghi"[:self.options.nodes]]
        self.run("nginx", Nginx("nginx/balanced.conf", [node.port for node in nodes], port=self.options.port))

    def node(self, name, database, backplane):
        port = self.options.port + 1 + ord(name) - ord("a")
        port = port if is_free(port) else free_port()
        return OrbitNode(
            self.options.binary.resolve(), name, database, "--backplane", backplane, "--demo", "--web",
            ROOT / "web/dist", "--public-origin", self.entrance, "--allow-origin",
            f"http://localhost:{self.options.port},http://127.0.0.1:{port}", "--drain", "1s", port=port)

    def run(self, name, service):
        self.services[name] = service
        say(f"{bold}==>{plain} Starting {name}")
        return service.start()

    def watch(self):
        """Until it is told to end: starts again what died."""
        away = {}
        while True:
            time.sleep(0.2)
            for name, service in self.services.items():
                if service.is_running:
                    continue
                if name not in away:
                    away[name] = time.monotonic()
                    say(f"{bold}{name}{plain} has ended; it is started again in {RESTART_AFTER:.0f} s")
                elif time.monotonic() - away[name] > RESTART_AFTER:
                    self.bring_back(name, service)
                    del away[name]

    def bring_back(self, name, service):
        try:
            service.restart()
            say(f"{bold}{name}{plain} is back, as process {service.process.pid}")
        except AssertionError as failure:
            say(f"{bold}{name}{plain} can't be started again: {failure}")

    def end(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for service in reversed(self.services.values()):
            with contextlib.suppress(Exception):
                service.thaw()
                service.stop()
        for service in self.services.values():
            service.close()

    def describe(self):
        nodes = [name for name in self.services if name.startswith("node ")]
        rows = "\n".join(
            f"    {name:<12}{service.host}:{service.port:<8}process {service.process.pid:<9}"
            f"{dim}{self.log_of(service)}{plain}" for name, service in self.services.items())
        victim = self.services[nodes[-1]].process.pid
        broker = {"nats": "NATS", "redis": "Redis"}.get(self.options.backplane)
        broker_line = f"""
  Kill the broker     kill -9 {self.services[broker].process.pid}
                      changes still cross nodes within 2 s, through the database's log""" if broker else ""
        say(f"""
  {bold}Orbit{plain} on {self.entrance}, with {len(nodes)} nodes behind nginx

{rows}

  Look                open it in several tabs: beside "Live" each tab says which node serves it
  Kill a node         kill -9 {victim}
                      its tabs move to the others and miss nothing; its people go offline only if they stay away{broker_line}
  Freeze a node       kill -STOP {victim}; sleep 10; kill -CONT {victim}
  Restart PostgreSQL  kill -QUIT {self.services["PostgreSQL"].process.pid}
                      commands are refused with 503 meanwhile; tabs stay, and catch up
  Sign in as          ada@acme.test (owner), grace@acme.test (admin), alan@acme.test, edsger@acme.test (members),
                      margaret@globex.test; everyone's password is orbit-demo

  {dim}What was killed comes back after {RESTART_AFTER:.0f} s. Ctrl-C ends everything and throws the data away.{plain}
""")

    @staticmethod
    def log_of(service):
        return service.directory / "error.log" if service.name == "nginx" else service.log


is_terminal = sys.stderr.isatty()
bold, dim, plain = ("\033[1m", "\033[2m", "\033[0m") if is_terminal else ("", "", "")


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    demo = Demo(arguments())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        demo.start()
        demo.describe()
        demo.watch()
    except KeyboardInterrupt:
        pass
    except (AssertionError, OSError) as failure:
        say(f"{failure}")
        return 1
    finally:
        say(f"{bold}==>{plain} Ending everything")
        demo.end()
    return 0


def stop(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
