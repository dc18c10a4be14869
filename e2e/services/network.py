"""A host of its own on this machine: a network namespace, and cables to it that can be pulled."""

import itertools
import os
import re
import subprocess
from pathlib import Path


def _ip(*words, check=True):
    return subprocess.run(["ip", *words], check=check, capture_output=True, text=True)


def _remove_orphans():
    """Namespaces of tests that were killed, with the cables to them: their networks would be in the way of new ones."""
    for line in _ip("netns", "list").stdout.splitlines():
        match = re.match(r"orbit-(\d+)-", line)
        if match and not Path(f"/proc/{match[1]}").exists():
            _ip("netns", "delete", line.split()[0], check=False)


def may_make_namespaces():
    """Whether this process may: on most machines only root."""
    name = f"orbit-{os.getpid()}-probe"
    if _ip("netns", "add", name, check=False).returncode != 0:
        return False
    _ip("netns", "delete", name)
    _remove_orphans()
    return True


class Cable:
    """Between this machine and a namespace: each end has an address, `here` and `there`."""

    _numbers = itertools.count(os.getpid() % 60 * 4)

    def __init__(self, namespace):
        number = next(self._numbers)
        self._end = f"orb{os.getpid()}n{number}"[-15:]
        far_end = f"orf{os.getpid()}n{number}"[-15:]
        network = f"10.{88 + number // 250}.{number % 250}"
        self.here, self.there = f"{network}.1", f"{network}.2"
        _ip("link", "add", self._end, "type", "veth", "peer", "name", far_end, "netns", namespace)
        _ip("address", "add", f"{self.here}/30", "dev", self._end)
        _ip("link", "set", self._end, "up")
        _ip("-n", namespace, "address", "add", f"{self.there}/30", "dev", far_end)
        _ip("-n", namespace, "link", "set", far_end, "up")

    def pull(self):
        """Whatever is sent from now on is lost, without a word to either side."""
        _ip("link", "set", self._end, "down")

    def plug_in(self):
        _ip("link", "set", self._end, "up")

    def close(self):
        """Both ends."""
        _ip("link", "delete", self._end, check=False)


class Namespace:
    _numbers = itertools.count(1)

    def __init__(self):
        self.name = f"orbit-{os.getpid()}-{next(self._numbers)}"
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        self._cables = []

    def cable(self):
        self._cables.append(Cable(self.name))
        return self._cables[-1]

    def command(self, arguments):
        """What runs a program in there."""
        return ["ip", "netns", "exec", self.name, *arguments]

    def close(self):
        for cable in self._cables:
            cable.close()
        _ip("netns", "delete", self.name, check=False)
