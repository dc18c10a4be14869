import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the services

from harness import Node  # noqa: E402
from services import free_port  # noqa: E402


@pytest.fixture
def start_node(tmp_path):
    """Starts nodes with the given flags, and ends them with the test."""
    nodes = []

    def start(*flags, **options):
        directory = tmp_path / f"node{len(nodes)}"
        directory.mkdir()
        nodes.append(Node(directory, *flags, **options))
        return nodes[-1].start()

    yield start
    for node in nodes:
        node.kill_if_running()


@pytest.fixture
def start_measured(start_node):
    """Starts a node of one shard that tells its metrics."""
    def start(*flags):
        port = free_port()
        # A crowd comes from one address here.
        node = start_node("--shards", "1", "--metrics-listen", f"127.0.0.1:{port}", "--heartbeat", "1h",
                          "--connections-per-address", "0", "--handshakes-per-address", "0", *flags)
        node.metrics_url = f"http://127.0.0.1:{port}/metrics"
        return node
    return start


@pytest.fixture
def node(start_node):
    return start_node()


@pytest.fixture
def ada(node):
    return node.sign_in("ada@acme.test")


@pytest.fixture
def grace(node):
    return node.sign_in("grace@acme.test")


@pytest.fixture
def alan(node):
    return node.sign_in("alan@acme.test")


@pytest.fixture
def margaret(node):
    return node.sign_in("margaret@globex.test")
