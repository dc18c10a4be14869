import contextlib
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "node")]

import pytest  # noqa: E402

from cluster import Cluster, Entrance  # noqa: E402
from services import NatsServer, Nginx, PostgreSQL, RedisServer, free_port  # noqa: E402


class Clustered:
    """Three nodes on one PostgreSQL, over a backplane, each reached by itself or all through nginx."""

    def __init__(self, directory, backplane, flags, stack):
        self.postgresql = stack.enter_context(contextlib.closing(PostgreSQL())).start()
        self.database = self.postgresql.create_database()
        self.broker = {"nats": NatsServer, "redis": RedisServer}.get(backplane, lambda: None)()
        if self.broker:
            stack.enter_context(contextlib.closing(self.broker)).start()
        port = free_port()
        self.cluster = Cluster(
            directory, self.database, "--backplane", self.broker.url if self.broker else "postgres",
            "--public-origin", f"http://127.0.0.1:{port}", "--node-lease", "2s", *flags)
        stack.enter_context(contextlib.closing(self.cluster)).start()
        self.proxy = stack.enter_context(
            contextlib.closing(Nginx("nginx/balanced.conf", self.cluster.ports, port=port))).start()
        self.entrance = Entrance(self.proxy.url)

    def person(self, email, node="a"):
        return self.cluster[node].sign_in(email)


@pytest.fixture(params=["nats", "redis", "postgres"])
def backplane(request):
    return request.param


@pytest.fixture
def start_cluster(tmp_path, backplane):
    with contextlib.ExitStack() as stack:
        yield lambda *flags: Clustered(tmp_path, backplane, flags, stack)


@pytest.fixture
def clustered(start_cluster):
    return start_cluster()
