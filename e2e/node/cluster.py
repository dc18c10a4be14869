"""Several nodes on one database, and what they have in front of them."""

import re

import requests

from harness import PATIENCE, Node, Person
from services import free_port


class Entrance:
    """Where people come in who don't know of single nodes: a proxy's address. Stands in a Person's or Tab's `node`."""

    def __init__(self, url):
        self.url = url

    sign_in = Node.sign_in


class ClusterNode(Node):
    """One of several: with a name, metrics, operators, and a log that tells of each request."""

    def __init__(self, directory, name, database, *flags, demo=False, host="127.0.0.1"):
        self.name = name
        self.host = host
        self.fixed_port = free_port()
        self.metrics_url = f"http://{host}:{free_port()}/metrics"
        self.admin_url = f"http://{host}:{free_port()}"
        # Where others can reach it, the operator API wants a key first.
        admin = ("--admin-listen", self.admin_url.split("/")[2]) if host == "127.0.0.1" else ()
        super().__init__(
            directory, "--database", database, "--node-name", name, "--log-level", "debug", "--metrics-listen",
            self.metrics_url.split("/")[2], *admin, "--allow-origin", f"http://{host}:{self.fixed_port}", *flags, demo=demo)

    def start(self, port=None):
        return super().start(port or self.fixed_port)

    def metric(self, name, **labels):
        """The sum of a metric's values with these labels."""
        total = 0.0
        for line in requests.get(self.metrics_url, timeout=PATIENCE).text.splitlines():
            match = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total

    @property
    def sockets(self):
        return int(self.metric("orbit_websocket_connections"))

    def requests_served(self, pattern="GET /v1/me"):
        """How many requests of a method and pattern its log tells of."""
        return len(re.findall(rf"request \d+: {re.escape(pattern)} \d+ in", self.log.read_text()))


class Cluster:
    """Nodes a, b, c…; the first one up seeds the demo."""

    def __init__(self, directory, database, *flags, size=3):
        self.database = database
        self.nodes = []
        for index in range(size):
            name = chr(ord("a") + index)
            home = directory / name
            home.mkdir()
            self.nodes.append(ClusterNode(home, name, database, *flags, demo=True))

    def start(self):
        for node in self.nodes:
            node.start()
        return self

    def __getitem__(self, name):
        return next(node for node in self.nodes if node.name == name)

    def __iter__(self):
        return iter(self.nodes)

    @property
    def ports(self):
        return [node.fixed_port for node in self.nodes]

    @property
    def running(self):
        return [node for node in self.nodes if node.is_running]

    def serving(self, action, *patterns):
        """The names of the nodes whose logs tell of requests of these patterns that `action` brought."""
        count = lambda node: sum(node.requests_served(pattern) for pattern in patterns)  # noqa: E731
        before = {node.name: count(node) for node in self.running}
        action()
        return {node.name for node in self.running if count(node) > before[node.name]}

    def holding(self, action):
        """What `action` returns, and the names of the nodes that hold more sockets after it."""
        before = {node.name: node.sockets for node in self.running}
        result = action()
        return result, {node.name for node in self.running if node.sockets > before[node.name]}

    def close(self):
        for node in self.nodes:
            node.kill_if_running()


def make_workspaces(person: Person, count):
    """Slugs of new workspaces of a person."""
    slugs = [f"team-{number}" for number in range(count)]
    for slug in slugs:
        answer = person.post("/v1/workspaces", {"slug": slug, "name": slug})
        assert answer.status_code == 201, answer.text
    return slugs
