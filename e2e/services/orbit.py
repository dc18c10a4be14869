"""One node of a cluster, as an operator would start it."""

import contextlib
import urllib.request

from services.process import Service


class OrbitNode(Service):
    """An `orbit serve`. Ready once it says so itself."""

    def __init__(self, binary, name, database, *flags, **options):
        self.name = f"orbit-{name}"
        super().__init__(**options)
        self.node_name = name
        self.command = [binary, "serve", "--listen", f"{self.host}:{self.port}", "--database", database,
                        "--node-name", name, "--commands-per-user", "0", "--commands-per-workspace", "0", *flags]

    def arguments(self):
        return self.command

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def is_ready(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=1) as answer:
            return answer.status == 200
        return False
