"""Starts the servers that `orbit-load cluster` needs, and runs it once for each backplane."""

import argparse
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "e2e"))
from services import NatsServer, PostgreSQL, RedisServer  # noqa: E402

BROKERS = {"nats": NatsServer, "redis": RedisServer}


class DurablePostgreSQL(PostgreSQL):
    syncs = True


def started(stack, server):
    made = server()
    stack.callback(made.close)
    return made.start()


def measure(backplane, orbit, words):
    with ExitStack() as stack:
        postgresql = started(stack, DurablePostgreSQL)
        servers = [postgresql]
        url = backplane
        if backplane in BROKERS:
            broker = started(stack, BROKERS[backplane])
            servers.append(broker)
            url = broker.url
        # Alone, without a backplane, there is nothing to compare three nodes with.
        sizes = ["--nodes", "1"] if backplane == "none" else []
        pids = [word for server in servers for word in ("--server", str(server.process.pid))]
        subprocess.run(
            [ROOT / "build/release/orbit-load", "--orbit", orbit, "--directory", ROOT / "build/bench/cluster",
             "--json", ROOT / f"build/bench/cluster-{backplane}.json", "cluster",
             "--database", postgresql.create_database(), "--backplane", url, *pids, *sizes, *words],
            check=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orbit", required=True)
    parser.add_argument("--backplane", nargs="+", default=["nats", "redis", "postgres"],
                        choices=["none", "nats", "redis", "postgres"])
    options, words = parser.parse_known_args()
    for backplane in options.backplane:
        measure(backplane, options.orbit, words)


if __name__ == "__main__":
    main()
