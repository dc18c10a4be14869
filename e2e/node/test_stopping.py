"""How a node stops: nothing that it took on is lost, and whoever asks twice doesn't wait."""

import signal
import threading
import time

import pytest
import requests

from harness import eventually


class Writer(threading.Thread):
    """Renames a team until the node is gone. What happened to each request is kept."""

    def __init__(self, node, person, number, keeps_connection):
        super().__init__()
        self.node, self.cookie, self.number, self.keeps_connection = node, person.cookie, number, keeps_connection
        self.team = person.post("/v1/workspaces/acme/teams", {"name": f"Team {number}"}).json()["id"]
        self.done = 0
        self.odd = []

    def run(self):
        session = requests.Session()
        for number in range(100_000):
            if not self.keeps_connection:
                session = requests.Session()
            try:
                answer = session.patch(f"{self.node.url}/v1/workspaces/acme/teams/{self.team}", timeout=20,
                                       json={"name": f"Team {self.number} {number}"},
                                       headers={"Cookie": self.cookie, "Origin": self.node.url})
            except requests.ConnectionError as error:
                if "refused" not in str(error):
                    self.odd.append(error)
                return
            if answer.status_code != 200:
                self.odd.append(answer.text)
                return
            self.done += 1


def test_every_command_is_answered_until_the_port_is_closed(start_node):
    node = start_node("--drain", "700ms")
    ada = node.sign_in("ada@acme.test")
    writers = [Writer(node, ada, number, keeps_connection=number % 2 == 0) for number in range(8)]
    before = node.head("acme")
    for writer in writers:
        writer.start()
    eventually(lambda: sum(writer.done for writer in writers) > 20)
    assert node.stop() == 0
    for writer in writers:
        writer.join()
    assert [odd for writer in writers for odd in writer.odd] == []
    assert node.head("acme") - before == sum(writer.done for writer in writers), "done without an answer, or the reverse"


def test_answers_end_their_connections_once_the_node_stops(start_node):
    node = start_node("--drain", "2s")
    ada, alan = node.sign_in("ada@acme.test"), node.sign_in("alan@acme.test")
    tab = alan.open_tab()
    assert ada.get("/v1/me").headers.get("Connection") != "close"
    node.process.terminate()
    eventually(lambda: requests.get(f"{node.url}/readyz", timeout=5).status_code == 503)
    answer = ada.get("/v1/me")
    assert (answer.status_code, answer.headers["Connection"]) == (200, "close")
    assert tab.wait_closed() == 1012


def test_sockets_are_told_one_after_the_other(start_node):
    node = start_node("--drain", "1500ms")
    tabs = [node.sign_in("ada@acme.test").open_tab() for _ in range(12)]
    node.process.terminate()
    ends = []
    for tab in tabs:
        threading.Thread(target=lambda tab=tab: (tab.closed.wait(10), ends.append(time.monotonic()))).start()
    assert node.process.wait(10) == 0
    eventually(lambda: len(ends) == len(tabs))
    assert {tab.close_code for tab in tabs} == {1012}
    assert max(ends) - min(ends) > 0.7, "all were sent away at once"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_whoever_asks_twice_does_not_wait(start_node, sent):
    node = start_node("--drain", "60s")
    tab = node.sign_in("ada@acme.test").open_tab()
    node.process.send_signal(sent)
    eventually(lambda: requests.get(f"{node.url}/readyz", timeout=5).status_code == 503)
    asked = time.monotonic()
    node.process.send_signal(sent)
    assert node.process.wait(5) == 130
    assert time.monotonic() - asked < 2
    assert tab.closed.wait(5)
