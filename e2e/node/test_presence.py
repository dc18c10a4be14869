"""Presence is true: online exactly while a socket lives, and told on transitions only (promise 6)."""

import pytest


def presence_in(hello, member_id):
    return next((p["status"] for p in hello["presence"] if p["memberId"] == member_id), "offline")


def test_hello_carries_the_presence_that_was_already_there(ada, alan, grace):
    first = ada.open_tab()
    second = alan.open_tab()
    assert presence_in(second.hello, first.hello["memberId"]) == "online"
    assert presence_in(second.hello, second.hello["memberId"]) == "online"
    assert presence_in(second.hello, ada.member_id("grace@acme.test")) == "offline"


def test_only_the_first_and_the_last_tab_of_a_member_are_transitions(ada, alan):
    watcher = ada.open_tab()
    one = alan.open_tab()
    assert watcher.next("presence.update")["online"] is True
    two = alan.open_tab()
    one.close()
    assert watcher.drain() == []
    two.vanish()
    gone = watcher.next("presence.update")
    assert (gone["online"], gone["status"]) == (False, "offline")
    assert gone["lastSeenAt"]


def test_away_only_when_all_tabs_are_away(ada, alan):
    watcher = ada.open_tab()
    one, two = alan.open_tab(), alan.open_tab()
    watcher.next("presence.update")
    one.send({"type": "presence.away"})
    one.drain()
    assert watcher.drain() == []
    two.send({"type": "presence.away"})
    assert watcher.next("presence.update")["status"] == "away"
    one.send({"type": "presence.back"})
    assert watcher.next("presence.update")["status"] == "online"


def test_a_reload_within_the_grace_is_not_seen(start_node):
    node = start_node("--presence-grace", "60s")
    watcher = node.sign_in("ada@acme.test").open_tab()
    alan = node.sign_in("alan@acme.test")
    tab = alan.open_tab()
    watcher.next("presence.update")
    for _ in range(3):
        tab.close()
        tab = alan.open_tab()
    tab.drain()
    assert watcher.drain() == []


def test_watch_answers_with_the_presence_of_those_asked_for(ada, alan):
    tab, other = ada.open_tab(), alan.open_tab()
    tab.drain()
    tab.send({"type": "presence.watch", "memberIds": [other.hello["memberId"]]})
    update = tab.next("presence.update")
    assert (update["memberId"], update["status"]) == (other.hello["memberId"], "online")


def test_what_happens_within_a_tick_is_told_together_and_of_each_the_newest_only(start_node):
    node = start_node("--presence-tick", "2s")
    watcher, alan = node.sign_in("ada@acme.test").open_tab(), node.sign_in("alan@acme.test").open_tab()
    assert watcher.next("presence.update")["memberId"] == alan.hello["memberId"]
    grace = node.sign_in("grace@acme.test").open_tab()
    for kind in ("presence.away", "presence.back", "presence.away"):
        alan.ask({"type": kind})
    assert watcher.drain() == []
    told = {}
    for _ in range(2):
        update = watcher.next("presence.update")
        told[update["memberId"]] = update["status"]
    assert told == {alan.hello["memberId"]: "away", grace.hello["memberId"]: "online"}
    assert watcher.drain() == []


class TestInALargeWorkspace:
    """Of more than two."""

    @pytest.fixture
    def large(self, start_node):
        return start_node("--presence-roster-limit", "2")

    @pytest.fixture
    def tabs(self, large):
        """Ada's, Grace's and Alan's; each is told how many are online."""
        tabs = [large.sign_in(f"{name}@acme.test").open_tab() for name in ("ada", "grace", "alan")]
        for tab in tabs:
            assert tab.next("presence.count")["online"] == 3
        return tabs

    def test_a_tab_is_told_how_many_are_online_in_place_of_the_roster(self, large, tabs):
        assert len(tabs[1].hello["presence"]) == 2
        assert tabs[2].hello["presence"] == []
        assert large.sign_in("ada@acme.test").snapshot()["presence"] == []
        edsger = large.sign_in("edsger@acme.test").open_tab()
        assert edsger.next()["type"] == "presence.count"
        assert tabs[0].next("presence.count")["online"] == 4

    def test_it_is_told_of_those_whom_it_watches_until_it_watches_others(self, tabs):
        ada, grace, alan = tabs
        watch = {"type": "presence.watch", "memberIds": [grace.hello["memberId"]]}
        assert ada.ask(watch)["type"] == "reply"
        assert [frame["memberId"] for frame in ada.seen[-2:-1]] == [grace.hello["memberId"]]
        grace.send({"type": "presence.away"})
        alan.send({"type": "presence.away"})
        update = ada.next("presence.update")
        assert (update["memberId"], update["status"]) == (grace.hello["memberId"], "away")
        ada.ask(watch | {"memberIds": [alan.hello["memberId"]]})
        grace.ask({"type": "presence.back"})
        alan.send({"type": "presence.back"})
        told = [ada.next("presence.update")["memberId"]] + [frame["memberId"] for frame in ada.drain()]
        assert set(told) == {alan.hello["memberId"]}

    def test_watching_a_member_of_another_workspace_tells_nothing(self, large, tabs):
        margaret = large.sign_in("margaret@globex.test").open_tab("globex")
        tabs[0].send({"type": "presence.watch", "memberIds": [margaret.hello["memberId"]]})
        update = tabs[0].next("presence.update")
        assert (update["online"], update["status"], update["lastSeenAt"]) == (False, "offline", None)
        margaret.ask({"type": "presence.away"})
        tabs[1].close()
        assert tabs[0].next("presence.count")["online"] == 2
        assert tabs[0].drain() == []

    def test_watching_more_than_the_limit_is_refused_with_the_field_named(self, tabs):
        ids = [tabs[0].hello["memberId"]] * 201
        refusal = tabs[0].ask({"type": "presence.watch", "memberIds": ids})
        assert (refusal["type"], refusal["code"]) == ("error", "validation")
        assert "memberIds" in refusal["message"]
        assert tabs[0].ask({"type": "presence.watch", "memberIds": ids[1:]})["type"] == "reply"

    def test_a_tab_keeps_to_the_number_when_it_shrinks_and_comes_back_to_the_roster(self, large, tabs):
        ada, grace, alan = tabs
        alan.close()
        assert ada.next("presence.count")["online"] == 2
        assert "presence.update" not in [frame["type"] for frame in ada.drain()]
        again = large.sign_in("ada@acme.test").open_tab()
        assert {one["memberId"] for one in again.hello["presence"] if one["online"]} == {
            ada.hello["memberId"], grace.hello["memberId"]}

    def test_a_removed_member_is_counted_out_and_told_nothing_more(self, large, tabs):
        ada, _, alan = tabs
        alan.ask({"type": "presence.watch", "memberIds": [ada.hello["memberId"]]})
        owner = large.sign_in("ada@acme.test")
        owner.delete(f"/v1/workspaces/acme/members/{alan.hello['memberId']}")
        assert ada.next("presence.count")["online"] == 2
        assert alan.wait_closed() == 4403
        assert alan.seen[-1]["type"] == "workspace.member.left"
