"""Presence is true: online exactly while a socket lives, and told on transitions only (promise 6)."""


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
