"""Out means out: when a membership or a session ends, its sockets end with it (promise 5)."""

import pytest

from harness import Refused


def remove(actor, member_id):
    answer = actor.delete(f"/v1/workspaces/acme/members/{member_id}")
    assert answer.status_code == 204, answer.text


def test_a_removed_members_sockets_close_with_4403_after_the_closing_event(node, ada, alan):
    tabs = [alan.open_tab(), alan.open_tab()]
    other = ada.open_tab()
    remove(ada, tabs[0].hello["memberId"])
    other.next("workspace.member.left")
    ada.patch("/v1/workspaces/acme", {"name": "Afterwards"})
    other.next("workspace.updated")
    for tab in tabs:
        assert tab.wait_closed() == 4403
        assert tab.seen[-1]["type"] == "workspace.member.left"
    with pytest.raises(Refused) as refusal:
        alan.open_tab()
    assert refusal.value.status == 401
    assert alan.get("/v1/workspaces/acme").status_code == 404


def test_leaving_closes_ones_own_sockets(alan):
    tab = alan.open_tab()
    assert alan.post("/v1/workspaces/acme/leave").status_code == 204
    assert tab.wait_closed() == 4403


def test_signing_out_closes_the_sockets_of_that_session_only(node, ada):
    elsewhere = node.sign_in("ada@acme.test")
    here_tab, elsewhere_tab = ada.open_tab(), elsewhere.open_tab()
    assert ada.delete("/v1/session").status_code == 204
    assert here_tab.wait_closed() == 4401
    elsewhere_tab.drain()
    assert elsewhere.get("/v1/me").status_code == 200
    assert ada.get("/v1/me").status_code == 401


def test_revoking_another_session_closes_its_sockets(node, ada):
    elsewhere = node.sign_in("ada@acme.test")
    tab = elsewhere.open_tab()
    sessions = ada.get("/v1/sessions").json()
    other = next(s for s in sessions if not s["current"])
    assert ada.delete(f"/v1/sessions/{other['id']}").status_code == 204
    assert tab.wait_closed() == 4401
    assert elsewhere.get("/v1/me").status_code == 401


def test_a_deleted_workspace_closes_every_socket(ada, alan):
    tabs = [ada.open_tab(), alan.open_tab()]
    assert ada.delete("/v1/workspaces/acme").status_code == 204
    for tab in tabs:
        assert tab.wait_closed() == 4403
        assert tab.seen[-1]["type"] == "workspace.deleted"


def test_a_session_revoked_while_its_handshake_is_under_way_gets_no_events(node, ada):
    """Handshakes race with sign-outs; whichever wins, no socket of an ended session stays open."""
    for _ in range(10):
        person = node.sign_in("grace@acme.test")
        cookie = person.cookie
        try:
            tab = person.open_tab(wait_for_hello=False)
        except Refused:
            continue
        person.http.headers["Cookie"] = cookie
        person.delete("/v1/session")
        assert tab.wait_closed() == 4401
