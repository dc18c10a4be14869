"""One server process: started, stopped, killed, frozen and started again on its port."""

import contextlib
import itertools
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 20.0  # seconds for a server to start or stop


# Each process has some for itself, and gives them in turn: none is given twice before its server has taken it.
_PORTS_EACH = 500
_first_port = 20_000 + os.getpid() % 24 * _PORTS_EACH
_turns = itertools.count(random.randrange(_PORTS_EACH))


def free_port():
    """Below the range that outgoing connections take theirs from, so that a server that was stopped finds its own again."""
    while True:
        port = _first_port + next(_turns) % _PORTS_EACH
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def unprivileged_user():
    """Who servers run as that refuse to be root; None where we aren't root either."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("we are root, and there is no other user to run servers as")


class Service:
    """A server in a directory of its own, which goes when it is closed. Subclasses say how it is started."""

    name = "server"
    stop_signal = signal.SIGTERM
    runs_unprivileged = False

    def __init__(self, port=None, host="127.0.0.1", namespace=None):
        self.host = host
        self.port = port or free_port()
        self.namespace = namespace
        self.directory = Path(tempfile.mkdtemp(prefix=f"orbit-{self.name}-"))
        self.log = self.directory / "server.log"
        self.process = None
        self.user = unprivileged_user() if self.runs_unprivileged else None
        if self.user:
            os.chown(self.directory, self.user.pw_uid, self.user.pw_gid)

    def arguments(self):
        raise NotImplementedError

    def is_ready(self):
        """Whether it takes connections; a namespace of its own is asked from inside."""
        if self.namespace:
            return self.namespace.can_connect(self.host, self.port)
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
            return True
        return False

    def start(self):
        arguments = [str(argument) for argument in self.arguments()]
        self.process = self._spawn(arguments)
        deadline = time.monotonic() + PATIENCE
        while not self.is_ready():
            alive = self.process.poll() is None
            if alive and time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            raise AssertionError(f"{self.name} did not start:\n{self.log_text()}")
        return self

    def _spawn(self, arguments):
        if self.namespace:
            arguments = self.namespace.command(arguments)
        # In a session of its own: a Ctrl-C is for the one who started it, who ends servers in order.
        return subprocess.Popen(arguments, cwd=self.directory, stdin=subprocess.DEVNULL, start_new_session=True,
                                stdout=self.log.open("ab"), stderr=subprocess.STDOUT, **self.identity())

    def identity(self):
        """What subprocess takes to run something as the server's user."""
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        if self.is_running:
            self.process.send_signal(self.stop_signal)
            self.process.wait(timeout=PATIENCE)

    def kill(self):
        """As kill -9 does it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def restart(self):
        """On the port that it had."""
        return self.start()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.is_running:
            self.thaw()
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""
