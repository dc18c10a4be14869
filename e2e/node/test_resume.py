"""Snapshot joins stream, and a tab that was away goes on from its cursor (promises 2 and 3): against the real program,
through kill -9, trims and restores."""

import subprocess

import pytest
import requests

from harness import BINARY, Refused, durable, eventually


def back(person, cursor, **options):
    """A new tab with the cursor of one that was there before."""
    epoch, seq = cursor
    return person.open_tab(query=f"&after={seq}&epoch={epoch}", **options)


def cursor_of(snapshot):
    return snapshot["epoch"], snapshot["seq"]


def types(frames):
    return [frame["type"] for frame in frames]


def add_teams(person, count, name="Team"):
    for number in range(count):
        assert person.post("/v1/workspaces/acme/teams", {"name": f"{name} {number}"}).status_code == 201


def reason(tab):
    resync = tab.next("resync")
    assert resync["seq"] == tab.hello["seq"]
    return resync["reason"]


def test_a_snapshot_joins_the_stream_whatever_is_committed_in_between(ada, grace):
    snapshot = ada.snapshot()
    add_teams(grace, 3)
    tab = back(ada, cursor_of(snapshot))
    add_teams(grace, 2, "Later")
    seqs = [frame["seq"] for frame in durable(tab.drain())]
    assert tab.hello["seq"] == snapshot["seq"]
    assert seqs == list(range(snapshot["seq"] + 1, snapshot["seq"] + 6))


def test_a_tab_goes_on_after_kill_9_with_what_it_missed(node, ada):
    tab = ada.open_tab()
    cursor = tab.hello["epoch"], tab.hello["seq"]
    add_teams(ada, 3)
    node.kill()
    node.restart()
    add_teams(ada, 1, "After")
    again = back(ada, cursor)
    frames = durable(again.drain())
    assert types(frames) == ["team.created"] * 4
    assert [frame["seq"] for frame in frames] == list(range(cursor[1] + 1, cursor[1] + 5))


def test_fifty_edits_of_one_team_are_its_present_state_once(node, ada):
    team = ada.post("/v1/workspaces/acme/teams", {"name": "Rockets"}).json()["id"]
    snapshot = ada.snapshot()
    for number in range(50):
        ada.patch(f"/v1/workspaces/acme/teams/{team}", {"name": f"Rockets {number}"})
    node.kill()
    node.restart()
    (frame,) = durable(back(ada, cursor_of(snapshot)).drain())
    assert frame["type"] == "team.updated"
    assert frame["team"]["name"] == "Rockets 49"
    assert frame["seq"] == snapshot["seq"] + 50


def test_what_was_deleted_meanwhile_is_gone(node, ada, alan):
    team = ada.post("/v1/workspaces/acme/teams", {"name": "Rockets"}).json()["id"]
    member = ada.member_id("alan@acme.test")
    snapshot = ada.snapshot()
    assert ada.delete(f"/v1/workspaces/acme/teams/{team}").status_code == 204
    assert ada.delete(f"/v1/workspaces/acme/members/{member}").status_code == 204
    frames = durable(back(ada, cursor_of(snapshot)).drain())
    assert {"type": "team.deleted", "teamId": team}.items() <= frames[0].items()
    assert {"memberId": member}.items() <= frames[-1].items()
    with pytest.raises(Refused) as refused:
        back(alan, cursor_of(snapshot))
    assert refused.value.status == 401


def test_what_is_replayed_is_what_the_member_may_see_now(ada, alan):
    snapshot = alan.snapshot()
    ada.post("/v1/workspaces/acme/invites", {"email": "new@acme.test"})
    ada.patch("/v1/workspaces/acme", {"name": "Acme Rockets"})
    assert types(durable(back(alan, cursor_of(snapshot)).drain())) == ["workspace.updated"]
    assert types(durable(back(ada, cursor_of(snapshot)).drain())) == ["workspace.invite.created", "workspace.updated"]

    ada.put(f"/v1/workspaces/acme/members/{alan.snapshot()['you']['id']}/role", {"roleId": ada.role_id("ADMIN")})
    assert reason(back(alan, cursor_of(snapshot))) == "permissions"


def test_a_cursor_of_another_history_or_from_the_future_hydrates(ada):
    epoch, seq = cursor_of(ada.snapshot())
    assert reason(back(ada, ("another", seq))) == "epoch_changed"
    assert reason(back(ada, (epoch, seq + 1))) == "cursor_ahead"


@pytest.mark.parametrize("query", ["&after=1", "&epoch=x", "&after=&epoch=x", "&after=-1&epoch=x", "&after=1.5&epoch=x",
                                   "&after=99999999999999999999&epoch=x", "&after=one&epoch=x"])
def test_half_a_cursor_is_refused_with_the_fields_name(node, ada, query):
    with pytest.raises(Refused) as refused:
        ada.open_tab(query=query)
    assert refused.value.status == 422


def test_a_cursor_older_than_the_trimmed_log_hydrates_and_a_newer_one_goes_on(start_node):
    node = start_node("--log-keep-events", "3", "--log-trim-interval", "100ms")
    ada = node.sign_in("ada@acme.test")
    old = cursor_of(ada.snapshot())
    add_teams(ada, 10)
    new = old[0], old[1] + 8
    workspace = ada.snapshot()["workspace"]["id"]
    eventually(lambda: node.query("SELECT count(*) FROM event_log WHERE workspace_id = ?", workspace) == [(3,)])
    assert reason(back(ada, old)) == "log_trimmed"
    assert len(durable(back(ada, new).drain())) == 2


def test_a_restored_database_that_is_marked_sends_every_tab_to_hydrate(node, ada):
    snapshot = ada.snapshot()
    node.stop()
    marked = subprocess.run([BINARY, "restore-mark", "--database", node.database.url],
                            check=True, capture_output=True, text=True)
    assert "history is now" in marked.stdout
    node.restart()
    assert reason(back(ada, cursor_of(snapshot))) == "epoch_changed"
    assert ada.snapshot()["epoch"] != snapshot["epoch"]


def test_marking_a_database_that_is_not_there_says_so_and_makes_none(tmp_path):
    missing = tmp_path / "orbit.db"
    refused = subprocess.run([BINARY, "restore-mark", "--database", f"sqlite:{missing}"], capture_output=True, text=True)
    assert refused.returncode == 1
    assert str(missing) in refused.stderr
    assert not missing.exists()


def test_a_snapshot_is_the_same_compressed_and_unchanged_a_304(node, ada, grace):
    path = "/v1/workspaces/acme"
    plain = ada.get(path, headers={"Accept-Encoding": "identity"})
    zipped = ada.get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.json() == plain.json()
    assert grace.snapshot()["you"]["email"] == "grace@acme.test"

    unchanged = ada.get(path, headers={"If-None-Match": zipped.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    ada.patch(path, {"name": "Acme Rockets"})
    changed = ada.get(path, headers={"If-None-Match": zipped.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["workspace"]["name"] == "Acme Rockets"
    assert requests.get(node.url + path, headers={"If-None-Match": changed.headers["ETag"]}).status_code == 401
