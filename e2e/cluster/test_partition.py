"""A node that is cut off: from the broker, from the database. It has a network of its own, and cables are pulled. What goes
over them is the only traffic of the tests that is not on loopback; it doesn't leave the machine either."""

import contextlib
import time

import pytest

from cluster import ClusterNode
from harness import eventually
from services import Namespace, NatsServer, PostgreSQL, RedisServer, may_make_namespaces
from test_cluster import presence_of

pytestmark = pytest.mark.skipif(not may_make_namespaces(), reason="network namespaces take root here")

LEASE = 3.0  # seconds
NOTICED = 15.0  # until a cut is noticed, and what was missed is there


class TwoNodes:
    """`near` on this machine; `far` in a namespace with a cable each to the broker, the database and the people."""

    def __init__(self, directory, backplane, stack):
        self.namespace = stack.enter_context(contextlib.closing(Namespace()))
        self.to_broker, self.to_database, self.to_people = (self.namespace.cable() for _ in range(3))
        self.postgresql = stack.enter_context(contextlib.closing(PostgreSQL(host="0.0.0.0"))).start()
        self.broker = {"nats": NatsServer, "redis": RedisServer}.get(backplane, lambda **_: None)(host="0.0.0.0")
        if self.broker:
            stack.enter_context(contextlib.closing(self.broker)).start()
        database = self.postgresql.create_database()
        broker = self.broker.url if self.broker else database
        flags = ["--node-lease", f"{LEASE:.0f}s", "--presence-tick", "0s"]
        self.near = self._node(directory, "near", database.replace("0.0.0.0", "127.0.0.1"),
                               broker.replace("0.0.0.0", "127.0.0.1"), flags, "127.0.0.1")
        self.far = self._node(directory, "far", database.replace("0.0.0.0", self.to_database.here),
                              broker.replace("0.0.0.0", self.to_broker.here), flags, self.to_people.there)
        self.far.namespace = self.namespace
        for node in (self.near, self.far):
            stack.callback(node.kill_if_running)
            node.start()

    @staticmethod
    def _node(directory, name, database, broker, flags, host):
        (directory / name).mkdir()
        return ClusterNode(directory / name, name, database, "--backplane", broker, *flags, demo=True, host=host)


@pytest.fixture
def nodes(tmp_path, backplane):
    with contextlib.ExitStack() as stack:
        yield TwoNodes(tmp_path, backplane, stack)


def rename(person, name):
    return person.patch("/v1/workspaces/acme", {"name": name}).status_code


def named(tab, name, timeout):
    deadline = time.monotonic() + timeout
    while tab.next("workspace.updated", timeout=deadline - time.monotonic())["workspace"]["name"] != name:
        pass


def test_a_node_cut_off_from_the_broker_misses_nothing_either_way_and_heals(nodes):
    ada, grace = nodes.near.sign_in("ada@acme.test"), nodes.far.sign_in("grace@acme.test")
    near, far = ada.open_tab(), grace.open_tab()
    her = far.hello["memberId"]
    presence_of(near, her, online=True)
    nodes.to_broker.pull()
    assert rename(ada, "Said near") == 200
    named(far, "Said near", NOTICED)
    presence_of(near, her, online=False, timeout=NOTICED)
    assert rename(grace, "Said far") == 200
    named(near, "Said far", NOTICED)
    assert not far.closed.is_set()
    nodes.to_broker.plug_in()
    presence_of(near, her, online=True, timeout=NOTICED)
    assert rename(ada, "Together") == 200
    named(far, "Together", NOTICED)


def test_a_cut_within_the_lease_is_seen_by_nobody(nodes):
    ada, grace = nodes.near.sign_in("ada@acme.test"), nodes.far.sign_in("grace@acme.test")
    near, far = ada.open_tab(), grace.open_tab()
    presence_of(near, far.hello["memberId"], online=True)
    time.sleep(1)  # heartbeats of a cluster at rest
    near.drain(), far.drain()
    nodes.to_broker.pull()
    time.sleep(1)  # a third of the lease
    nodes.to_broker.plug_in()
    time.sleep(2 * LEASE)
    flickers = [frame for tab in (near, far) for frame in tab.drain() if frame["type"].startswith("presence")]
    assert flickers == []


def test_a_node_cut_off_from_the_database_says_503_and_keeps_its_sockets(nodes):
    ada, grace = nodes.near.sign_in("ada@acme.test"), nodes.far.sign_in("grace@acme.test")
    far = grace.open_tab()
    nodes.to_database.pull()
    assert rename(ada, "While far can't read") == 200
    named(far, "While far can't read", NOTICED)  # by way of the broker, which is not cut
    eventually(lambda: rename(grace, "Refused") == 503, timeout=2 * NOTICED)
    assert not far.closed.is_set()
    nodes.to_database.plug_in()
    eventually(lambda: rename(grace, "Healed") == 200, timeout=2 * NOTICED)
    named(far, "Healed", NOTICED)
    assert not far.closed.is_set()
