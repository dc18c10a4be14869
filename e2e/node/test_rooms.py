"""Rooms: who may be in them, who is, and what they signal to each other."""

import json

from harness import eventually
from raw_socket import RawSocket


def join(tab, room):
    answer = tab.ask({"type": "room.join", "room": room})
    return answer["code"] if answer["type"] == "error" else None


def signal(tab, payload, room="workspace", kind="cursor"):
    tab.send({"type": "room.signal", "room": room, "kind": kind, "payload": payload})


def team_of(ada, *emails):
    team = ada.post("/v1/workspaces/acme/teams", {"name": "Rockets"}).json()["id"]
    for email in emails:
        assert ada.put(f"/v1/workspaces/acme/teams/{team}/members/{ada.member_id(email)}").status_code == 200
    return team


def test_two_see_each_others_cursor_and_a_third_without_the_right_does_not(ada, grace, alan):
    team = team_of(ada, "ada@acme.test", "grace@acme.test")
    adas, graces, alans = (person.open_tab() for person in (ada, grace, alan))
    assert join(adas, team) is None
    assert join(graces, team) is None
    assert len(graces.seen[-2]["members"]) == 2, "room.joined comes before its reply"
    assert adas.next("room.presence") == {
        "type": "room.presence", "room": team, "memberId": graces.hello["memberId"], "online": True}
    assert join(alans, team) == "room.forbidden"

    signal(adas, {"x": 1, "y": 2}, team)
    assert graces.next("room.signal") == {"type": "room.signal", "room": team, "memberId": adas.hello["memberId"],
                                          "kind": "cursor", "payload": {"x": 1, "y": 2}}
    signal(graces, [3], team)
    assert adas.next("room.signal")["payload"] == [3]
    assert not [frame for frame in alans.drain() if frame["type"].startswith("room.")]


def test_whoever_is_taken_out_of_a_team_is_out_of_its_room(ada, grace):
    team = team_of(ada, "ada@acme.test", "grace@acme.test")
    adas, graces = ada.open_tab(), grace.open_tab()
    join(adas, team), join(graces, team)
    ada.delete(f"/v1/workspaces/acme/teams/{team}/members/{ada.member_id('grace@acme.test')}")
    assert graces.next("room.left")["room"] == team
    signal(adas, 1, team)
    adas.drain()
    assert not [frame for frame in graces.drain() if frame["type"] == "room.signal"]
    assert join(graces, team) == "room.forbidden"


def test_a_room_of_one_workspace_is_not_that_of_another(ada, margaret):
    adas, margarets = ada.open_tab(), margaret.open_tab("globex")
    assert join(adas, "workspace") is None and join(margarets, "workspace") is None
    assert len(margarets.seen[-2]["members"]) == 1
    signal(adas, 1)
    adas.drain()
    assert not [frame for frame in margarets.drain() if frame["type"].startswith("room.")]
    assert join(margarets, team_of(ada, "ada@acme.test")) == "room.forbidden"


def test_a_burst_arrives_as_what_is_so_at_last(ada, grace):
    adas, graces = ada.open_tab(), grace.open_tab()
    join(adas, "workspace"), join(graces, "workspace")
    for number in range(15):
        signal(adas, number)
    adas.drain()
    got = []
    eventually(lambda: got.append(graces.next("room.signal")["payload"]) or got[-1] == 14)
    assert got == sorted(set(got))


def test_a_tab_that_goes_leaves_its_rooms(ada, grace):
    adas, graces = ada.open_tab(), grace.open_tab()
    join(adas, "workspace"), join(graces, "workspace")
    adas.next("room.presence")
    graces.vanish()
    assert adas.next("room.presence")["online"] is False


class RoomSocket(RawSocket):
    """Someone in the lobby whose socket is read only when the test says so."""

    def __init__(self, node, person, **options):
        super().__init__(node, person, **options)
        self.say({"type": "room.join", "room": "workspace", "ref": "in"})
        self.hear_until(lambda frame: frame.get("ref") == "in")

    def say(self, frame):
        self.frame(1, json.dumps(frame).encode())

    def hear_until(self, is_last):
        frames = []
        while not frames or not is_last(frames[-1]):
            frames.append(json.loads(self.answer()[1]))
        return frames

    def signal(self, payload):
        self.say({"type": "room.signal", "room": "workspace", "kind": "cursor", "payload": payload})

    def sync(self):
        self.say({"type": "ping"})
        self.hear_until(lambda frame: frame["type"] == "pong")


def test_who_does_not_read_skips_signals_and_then_hears_what_stands(start_node):
    node = start_node("--message-rate", "100000", "--message-burst", "100000", "--signal-tick", "0s")
    slow = RoomSocket(node, node.sign_in("ada@acme.test"), receive_buffer=4096)
    moving = RoomSocket(node, node.sign_in("grace@acme.test"))
    leaving = node.sign_in("alan@acme.test").open_tab()
    assert join(leaving, "workspace") is None

    count = 8_000  # 8 MB: more than the kernel keeps for one who doesn't read
    for number in range(count):
        moving.signal([number, "x" * 900])
    moving.sync()
    signal(leaving, "skipped, and gone")
    leaving.ask({"type": "room.leave", "room": "workspace"})
    moving.signal(["so it is", ""])
    moving.sync()

    def is_told(frame):
        return frame["type"] == "room.signal" and frame["payload"][0] == "so it is"

    frames = slow.hear_until(is_told)
    payloads = [frame["payload"] for frame in frames if frame["type"] == "room.signal"]
    numbers = [payload[0] for payload in payloads[:-1]]
    assert numbers == list(range(len(numbers))), "what came before it was blocked"
    assert 0 < len(numbers) < count - 1
    assert [frame["online"] for frame in frames if frame["type"] == "room.presence"] == [True, True, False]
    assert not [frame for frame in frames if frame["type"] == "room.joined"], "nothing else was missed"


def test_a_room_that_has_no_history_to_serve_says_so(ada):
    tab = ada.open_tab()
    head = tab.hello["seq"]
    tab.send({"type": "room.join", "room": "workspace", "after": head, "ref": "1"})
    assert [tab.next()["type"] for _ in range(2)] == ["room.joined", "reply"]
    tab.send({"type": "room.join", "room": "workspace", "after": head + 1, "ref": "2"})
    assert [tab.next()["type"] for _ in range(3)] == ["room.joined", "resync", "reply"]
    assert tab.seen[-2]["reason"] == "cursor_ahead"
    assert tab.ask({"type": "room.join", "room": "workspace", "after": "1"})["code"] == "validation"
