"""A change in one tab lands in every other tab of its workspace, in order, and nowhere else."""

import hashlib
import hmac
import json
import time

import requests

from harness import WEBHOOK_SECRET, durable


def stripe_webhook(node, event):
    body = json.dumps(event)
    timestamp = int(time.time())
    signature = hmac.new(WEBHOOK_SECRET.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()
    return requests.post(f"{node.url}/v1/billing/stripe", data=body, timeout=10, headers={
        "Content-Type": "application/json", "Stripe-Signature": f"t={timestamp},v1={signature}"})


def subscription_event(event_id, workspace_id, created, plan="business", status="active", quantity=12):
    return {
        "id": event_id, "object": "event", "type": "customer.subscription.updated", "created": created,
        "data": {"object": {
            "id": "sub_stripe_1", "object": "subscription", "status": status, "cancel_at_period_end": False,
            "current_period_end": created + 86400 * 30, "metadata": {"workspace_id": workspace_id, "plan": plan},
            "items": {"data": [{"quantity": quantity, "price": {"lookup_key": plan}}]},
        }},
    }


def test_one_persons_day_is_seen_by_the_others_in_order_and_by_no_other_workspace(node, ada, alan, margaret):
    watcher = ada.open_tab()
    member_watcher = alan.open_tab()
    foreigner = margaret.open_tab("globex")
    watcher.drain()

    # Invite; only those who may invite see it.
    created = ada.post("/v1/workspaces/acme/invites", {"email": "margaret@globex.test"})
    assert created.status_code == 201, created.text
    invite = watcher.next("workspace.invite.created")["invite"]
    assert invite["email"] == "margaret@globex.test"
    assert invite["id"] == created.json()["invite"]["id"]

    # Join.
    accepted = margaret.post("/v1/invites/accept", {"token": created.json()["token"]})
    assert accepted.status_code in (200, 201), accepted.text
    assert watcher.next("workspace.invite.accepted")["inviteId"] == invite["id"]
    joined = watcher.next("workspace.member.joined")["member"]
    assert (joined["email"], joined["role"]["systemKey"]) == ("margaret@globex.test", "MEMBER")

    # Role change.
    changed = ada.put(f"/v1/workspaces/acme/members/{joined['id']}/role", {"roleId": ada.role_id("ADMIN")})
    assert changed.status_code == 200, changed.text
    assert watcher.next("workspace.member.role_changed")["member"]["role"]["systemKey"] == "ADMIN"

    # Team change.
    team = ada.post("/v1/workspaces/acme/teams", {"name": "Compilers"}).json()
    assert watcher.next("team.created")["team"]["name"] == "Compilers"
    assert ada.put(f"/v1/workspaces/acme/teams/{team['id']}/members/{joined['id']}").status_code in (200, 204)
    added = watcher.next("team.member.added")
    assert (added["teamId"], added["memberId"]) == (team["id"], joined["id"])

    # Subscription change by webhook.
    event = subscription_event("evt_1", watcher.hello["workspaceId"], int(time.time()))
    assert stripe_webhook(node, event).status_code == 200
    subscription = watcher.next("subscription.updated")["subscription"]
    assert (subscription["plan"], subscription["seats"]) == ("business", 12)
    assert stripe_webhook(node, event).status_code == 200  # told twice, applied once

    # Presence of the new member: comes and goes.
    tab = margaret.open_tab("acme")
    assert watcher.next("presence.update") | {"lastSeenAt": None} == {
        "type": "presence.update", "memberId": joined["id"], "online": True, "status": "online", "lastSeenAt": None}
    tab.close()
    assert watcher.next("presence.update")["status"] == "offline"

    # Leave.
    assert margaret.post("/v1/workspaces/acme/leave").status_code == 204
    assert watcher.next("team.member.removed")["memberId"] == joined["id"]
    assert watcher.next("workspace.member.left")["memberId"] == joined["id"]

    assert durable(watcher.drain()) == []
    everything = durable(watcher.seen)
    assert [frame["type"] for frame in everything] == [
        "workspace.invite.created", "workspace.invite.accepted", "workspace.member.joined",
        "workspace.member.role_changed", "team.created", "team.member.added", "subscription.updated",
        "team.member.removed", "workspace.member.left"]
    assert [frame["seq"] for frame in everything] == list(
        range(watcher.hello["seq"] + 1, watcher.hello["seq"] + 10))

    # A member who may not invite saw the same, but for the invites.
    member_watcher.drain()
    assert durable(member_watcher.seen) == [f for f in everything if not f["type"].startswith("workspace.invite.")]

    # Somebody in another workspace saw nothing.
    foreigner.drain()
    assert [frame["type"] for frame in foreigner.seen] == ["hello", "pong"]


def test_a_changed_role_reaches_every_tab_and_the_members_that_embed_it(ada, alan):
    watcher = alan.open_tab()
    role = ada.role_id("MEMBER")
    changed = ada.patch(f"/v1/workspaces/acme/roles/{role}", {"permissions": ["teams.manage"]})
    assert changed.status_code == 200, changed.text
    assert watcher.next("workspace.role.updated")["role"]["permissions"] == ["teams.manage"]
    assert watcher.next("resync")["reason"] == "permissions"
    embedded = [m["role"] for m in alan.snapshot()["members"] if m["role"]["id"] == role]
    assert embedded and all(r["permissions"] == ["teams.manage"] for r in embedded)


def test_invites_follow_the_permission_as_roles_change_under_open_sockets(ada, alan):
    tab = alan.open_tab()
    alan_id = tab.hello["memberId"]

    ada.post("/v1/workspaces/acme/invites", {"email": "first@example.test"})
    assert durable(tab.drain()) == []

    ada.put(f"/v1/workspaces/acme/members/{alan_id}/role", {"roleId": ada.role_id("ADMIN")})
    ada.post("/v1/workspaces/acme/invites", {"email": "second@example.test"})
    assert tab.next("workspace.invite.created")["invite"]["email"] == "second@example.test"

    ada.put(f"/v1/workspaces/acme/members/{alan_id}/role", {"roleId": ada.role_id("MEMBER")})
    tab.next("workspace.member.role_changed")
    ada.post("/v1/workspaces/acme/invites", {"email": "third@example.test"})
    assert durable(tab.drain()) == []


def test_a_renamed_person_is_renamed_in_all_their_workspaces(node, ada, margaret):
    invite = ada.post("/v1/workspaces/acme/invites", {"email": "margaret@globex.test"}).json()
    margaret.post("/v1/invites/accept", {"token": invite["token"]})
    acme, globex = ada.open_tab(), margaret.open_tab("globex")
    assert margaret.patch("/v1/me", {"name": "Margaret H."}).status_code == 200
    assert acme.next("workspace.member.updated")["member"]["name"] == "Margaret H."
    assert globex.next("workspace.member.updated")["member"]["name"] == "Margaret H."


def test_a_webhook_that_comes_late_changes_nothing(node, ada):
    tab = ada.open_tab()
    now = int(time.time())
    stripe_webhook(node, subscription_event("evt_new", tab.hello["workspaceId"], now, plan="business"))
    assert tab.next("subscription.updated")["subscription"]["plan"] == "business"
    late = subscription_event("evt_old", tab.hello["workspaceId"], now - 60, plan="team")
    assert stripe_webhook(node, late).status_code == 200
    assert durable(tab.drain()) == []
    assert ada.snapshot()["subscription"]["plan"] == "business"


def test_a_snapshot_carries_the_seq_of_what_it_shows(ada):
    tab = ada.open_tab()
    snapshot = ada.snapshot()
    assert (snapshot["epoch"], snapshot["seq"]) == (tab.hello["epoch"], tab.hello["seq"])
    ada.patch("/v1/workspaces/acme", {"name": "Acme Two"})
    event = tab.next("workspace.updated")
    after = ada.snapshot()
    assert event["seq"] == after["seq"] == snapshot["seq"] + 1
    assert event["workspace"] == after["workspace"]


def test_the_log_tells_when_each_event_happened_and_nothing_else(node, ada, margaret):
    tab = ada.open_tab()
    for name in ["Acme One", "Acme Two"]:
        ada.patch("/v1/workspaces/acme", {"name": name})
        tab.next("workspace.updated")
    entries = ada.get(f"/v1/workspaces/acme/log?after={tab.hello['seq']}").json()
    assert [entry["seq"] for entry in entries] == [tab.hello["seq"] + 1, tab.hello["seq"] + 2]
    assert all(set(entry) == {"seq", "occurredAt"} for entry in entries)
    assert entries[0]["occurredAt"] <= entries[1]["occurredAt"]
    assert ada.get("/v1/workspaces/acme/log?after=x").status_code == 422
    assert margaret.get("/v1/workspaces/acme/log").status_code == 404
