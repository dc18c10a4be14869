import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARY = Path(os.environ.get("ORBIT_WEBSOCKET_ECHO", ROOT / "build/test/websocket_echo"))


def running_echo(*flags):
    process = subprocess.Popen([BINARY, *flags], stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline().rsplit(":", 1)[1])
    finally:
        process.terminate()
        exit_code = process.wait(timeout=10)
    assert exit_code == 0


@pytest.fixture(scope="session")
def echo():
    """The port of an echo with a node's limits: 16 KiB, compression from 1 KiB on."""
    yield from running_echo()


@pytest.fixture(scope="session")
def large_echo():
    """The port of one that takes 4 MiB and compresses whatever it can."""
    yield from running_echo("--max-message", str(4 * 1024 * 1024), "--deflate-from", "1")
