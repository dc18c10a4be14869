"""The wall clock jumps, both ways, under a node that serves. Intervals are of steady time: nobody is signed out, nothing
is sent twice or out of order, no heartbeat or grace runs out."""

import datetime
import glob
import time

import pytest

from harness import durable, eventually
from test_crash import agree

LIBRARIES = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")


class Wall:
    """The wall clock that a node sees, as so many hours beside the real one."""

    def __init__(self, path):
        self.path = path
        self.jump(0)

    def jump(self, hours):
        self.path.write_text(f"{hours * 3600:+d}\n")


@pytest.fixture
def wall(tmp_path, monkeypatch):
    if not LIBRARIES:
        pytest.skip("faketime is not installed")
    wall = Wall(tmp_path / "wall")
    for name, value in {"LD_PRELOAD": LIBRARIES[0], "FAKETIME_TIMESTAMP_FILE": str(wall.path), "FAKETIME_NO_CACHE": "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}.items():
        monkeypatch.setenv(name, value)
    return wall


def hours_ahead(tab):
    tab.send({"type": "ping"})
    told = datetime.datetime.fromisoformat(tab.next("pong")["serverTime"].replace("Z", "+00:00"))
    return round((told - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 3600)


@pytest.mark.parametrize("jumps", [(24, 0), (-24, 0), (48, -48, 1)], ids=str)
def test_a_jump_ends_no_session_reorders_nothing_and_trips_no_heartbeat(wall, start_node, jumps):
    node = start_node("--heartbeat", "300ms", "--presence-grace", "1s", "--log-trim-interval", "100ms")
    ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
    tab, watcher = ada.open_tab(), grace.open_tab()
    names = ["Before"]
    ada.patch("/v1/workspaces/acme", {"name": names[0]})
    for hours in jumps:
        wall.jump(hours)
        eventually(lambda hours=hours: hours_ahead(tab) == hours)
        names.append(f"At {hours} hours")
        assert ada.patch("/v1/workspaces/acme", {"name": names[-1]}).status_code == 200
        time.sleep(1.5)  # five heartbeats, and longer than the grace: both would have run out
        assert ada.get("/v1/me").status_code == 200
        assert not tab.closed.is_set() and not watcher.closed.is_set()
        late = grace.open_tab()
        assert late.hello["seq"] == ada.snapshot()["seq"]
        late.close()
    watcher.drain()
    frames = watcher.seen
    assert [frame["workspace"]["name"] for frame in durable(frames)] == names
    seqs = [frame["seq"] for frame in durable(frames)]
    assert seqs == list(range(watcher.hello["seq"] + 1, watcher.hello["seq"] + 1 + len(names)))
    members = (tab.hello["memberId"], watcher.hello["memberId"])
    gone = [frame for frame in frames
            if frame["type"] == "presence.update" and frame["memberId"] in members and not frame["online"]]
    assert gone == []
    agree(node)


def test_a_grace_takes_as_long_as_it_takes_whatever_the_wall_says(wall, start_node):
    node = start_node("--presence-grace", "2s")
    ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
    watcher, tab = grace.open_tab(), ada.open_tab()
    watcher.next("presence.update")
    left = time.monotonic()
    tab.close()
    wall.jump(5)
    update = watcher.next("presence.update")
    assert not update["online"]
    assert 1.8 < time.monotonic() - left < 6
