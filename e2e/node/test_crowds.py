"""More sockets than there is room for, sockets that never read, and all of them gone at once: those inside feel nothing."""

import re
import resource
import time
from pathlib import Path

import pytest

from harness import Refused, durable, eventually, metric
from raw_socket import RawSocket


def masked(text):
    """A text frame of at most 125 bytes, with a key of zeros."""
    return bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text


def rss(node):
    status = Path(f"/proc/{node.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024


def descriptors(node):
    return len(list(Path(f"/proc/{node.process.pid}/fd").iterdir()))


def test_handshakes_beyond_the_limit_are_refused_and_those_inside_go_on(start_measured):
    node = start_measured("--max-connections", "3")
    ada = node.sign_in("ada@acme.test")
    inside = [ada.open_tab() for _ in range(3)]
    for number in range(30):
        with pytest.raises(Refused) as refusal:
            ada.open_tab()
        assert (refusal.value.status, refusal.value.headers["Retry-After"]) == (503, "2")
        ada.patch("/v1/workspaces/acme", {"name": f"Acme {number}"})
    for tab in inside:
        frames = durable(tab.drain())
        assert [frame["seq"] for frame in frames] == [tab.hello["seq"] + 1 + number for number in range(30)]
        assert frames[-1]["workspace"]["name"] == "Acme 29", "each tells the name there is when it is told"
    inside[0].close()
    eventually(lambda: metric(node, "orbit_websocket_connections") == 2)
    assert ada.open_tab().hello, "a place that is free again is given to the next"


def test_sockets_that_never_read_cannot_take_more_memory_than_their_queues(start_measured):
    """They ask for what is made for each of them alone, so that no frame is shared."""
    queue, count = 512 * 1024, 40
    node = start_measured("--outbound-queue", str(queue), "--message-rate", "1000000", "--message-burst", "1000000",
                          "--sockets-per-member", "200")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    sockets = [RawSocket(node, ada, receive_buffer=4096, segment=536) for _ in range(count)]
    before = rss(node)
    # Each reply repeats the reference. A queue that is full of them is emptied, and its socket told again what is so.
    asked = masked(b'{"type":"presence.watch","memberIds":[],"ref":"' + b"x" * 60 + b'"}') * 400
    most = 0

    def grow_until(condition):
        nonlocal most
        met = condition()
        most = max(most, rss(node) - before)
        return met

    def all_are_full():
        for one in sockets:
            one.socket.sendall(asked)
        return metric(node, "orbit_websocket_frames_dropped_total") > count * queue / 100
    eventually(lambda: grow_until(all_are_full), timeout=60)

    def all_are_sent_away():
        for number in range(50):
            ada.patch("/v1/workspaces/acme", {"name": f"{number} {time.monotonic()}".ljust(60, "x")})
        return metric(node, "orbit_websocket_closed_total", '{cause="too_slow"}') == count
    eventually(lambda: grow_until(all_are_sent_away), timeout=60)
    # Beside the queues: what the commands and those asking took, above all the heaps of some twenty threads.
    assert most < count * queue + 24 * 1024 * 1024
    assert sockets[0].close_code() == 4408
    ada.patch("/v1/workspaces/acme", {"name": "Still here"})
    assert [frame["workspace"]["name"] for frame in durable(tab.drain())][-1] == "Still here"
    for one in sockets:
        one.socket.close()
    eventually(lambda: metric(node, "orbit_websocket_connections") == 1)
    assert metric(node, "orbit_websocket_queued_bytes") == 0


def test_all_sockets_gone_at_once_leave_nothing_behind(start_measured):
    node = start_measured("--sockets-per-member", "20000", "--presence-grace", "300ms")
    ada, alan = node.sign_in("ada@acme.test"), node.sign_in("alan@acme.test")
    tab = ada.open_tab()
    at_first = descriptors(node)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    crowd = [RawSocket(node, alan) for _ in range(min(1500, limit[1] - 500))]
    alan_id = alan.member_id("alan@acme.test")
    eventually(lambda: metric(node, "orbit_websocket_connections") == len(crowd) + 1)
    tab.drain()
    for one in crowd:
        one.socket.close()  # with bytes unread: the node sees resets
    longest = 0.0
    while metric(node, "orbit_websocket_connections") > 1:
        asked = time.monotonic()
        assert ada.patch("/v1/workspaces/acme", {"name": f"Acme {asked}"}).status_code == 200
        longest = max(longest, time.monotonic() - asked)
    assert longest < 2
    went = tab.next("presence.update")
    assert (went["memberId"], went["online"]) == (alan_id, False)
    time.sleep(0.5)
    assert [frame for frame in tab.drain() if frame["type"] == "presence.update"] == [], "presence settles once"
    assert descriptors(node) <= at_first + 3
    assert metric(node, "orbit_hub_sockets") == 1
    assert '"level":"error"' not in node.log.read_text()
