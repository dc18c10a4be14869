import contextlib
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "node")]

import pytest  # noqa: E402

from cluster import Cluster, Entrance  # noqa: E402
from services import HAProxy, Nginx, PostgreSQL, free_port  # noqa: E402


@pytest.fixture(scope="session")
def postgresql():
    server = PostgreSQL()
    yield server.start()
    server.close()


@pytest.fixture(params=["nginx", "haproxy"])
def proxy_kind(request):
    return request.param


class Sticky:
    """Three nodes on one database, without a backplane, behind nginx or HAProxy as deploy/ has it."""

    def __init__(self, directory, database, proxy_kind, flags, replace, stack):
        port = free_port()
        self.cluster = Cluster(directory, database, "--public-origin", f"http://127.0.0.1:{port}", *flags)
        stack.enter_context(contextlib.closing(self.cluster)).start()
        kind, file = {"nginx": (Nginx, "nginx/sticky.conf"), "haproxy": (HAProxy, "haproxy/sticky.cfg")}[proxy_kind]
        proxy = kind(file, self.cluster.ports, port=port, replace=replace)
        self.proxy = stack.enter_context(contextlib.closing(proxy)).start()
        self.entrance = Entrance(self.proxy.url)


@pytest.fixture
def start_sticky(tmp_path, postgresql, proxy_kind):
    with contextlib.ExitStack() as stack:
        yield lambda *flags, replace=None: Sticky(
            tmp_path, postgresql.create_database(), proxy_kind, flags, replace or {}, stack)


@pytest.fixture
def sticky(start_sticky):
    return start_sticky()
