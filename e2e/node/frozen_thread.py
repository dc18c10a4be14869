"""One thread of a node held still, while its others go on: as where it has far more to do than it can."""

import contextlib
import ctypes
import os
from pathlib import Path

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17  # of ptrace(2)

_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)


def _call(request, thread):
    if _ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request}: {os.strerror(ctypes.get_errno())}")


@contextlib.contextmanager
def frozen(node, name):
    """The node's thread of that name, for as long as the block runs."""
    tasks = Path(f"/proc/{node.process.pid}/task")
    thread = next(int(task.name) for task in tasks.iterdir() if (task / "comm").read_text().strip() == name)
    _call(SEIZE, thread)
    _call(INTERRUPT, thread)
    os.waitpid(thread, 0x40000000)  # __WALL: a thread is waited for, too
    try:
        yield
    finally:
        _call(DETACH, thread)
