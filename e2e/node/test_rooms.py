"""Rooms: who may be in them, who is, and what they signal to each other."""

from harness import eventually


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
