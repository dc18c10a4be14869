"""Several people in one browser: seats, which only a demo has."""

from harness import Person, PASSWORD


def sign_in_at(person, seat, email):
    answer = person.post(f"/v1/session?seat={seat}", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


def test_each_seat_of_a_browser_has_a_session_of_its_own(node):
    browser = Person(node)
    sign_in_at(browser, "a", "ada@acme.test")
    sign_in_at(browser, "b", "alan@acme.test")
    assert browser.get("/v1/me?seat=a").json()["user"]["email"] == "ada@acme.test"
    assert browser.get("/v1/me?seat=b").json()["user"]["email"] == "alan@acme.test"
    assert browser.get("/v1/me").status_code == 401
    assert browser.get("/v1/me?seat=e").status_code == 401

    tab = browser.open_tab(query="&seat=b")
    assert tab.hello["memberId"] == browser.get("/v1/workspaces/acme?seat=b").json()["you"]["id"]

    assert browser.delete("/v1/session?seat=b").status_code == 204
    assert tab.wait_closed() == 4401
    assert browser.get("/v1/me?seat=a").status_code == 200


def test_without_demo_data_a_seat_means_nothing(start_node, tmp_path):
    node = start_node()
    node.stop()
    node.flags.remove("--demo")
    node.restart()
    browser = Person(node)
    sign_in_at(browser, "a", "ada@acme.test")
    assert browser.get("/v1/me").status_code == 200
    assert [cookie.name for cookie in browser.http.cookies] == ["orbit_session"]
