"""What a node on the open internet has to bear: many connections from one address, guessing, flooding, slow clients, and no
descriptors left. The machine's loopback has many addresses, so that there can be several clients."""

import contextlib
import os
import resource
import socket
import time

import pytest
import requests
import websockets

from harness import PASSWORD, Person, Refused, eventually
from raw_socket import KEY, UPGRADE, raw_handshake

HERE = "127.0.0.1"
ELSEWHERE = "127.0.0.2"


def connect(node, address=HERE):
    return socket.create_connection((HERE, node.port), timeout=10, source_address=(address, 0))


def answer_of(connection):
    """Status line and headers, or None where the connection was closed or reset instead."""
    received = b""
    with contextlib.suppress(OSError):
        while b"\r\n\r\n" not in received:
            more = connection.recv(4096)
            if not more:
                break
            received += more
    return received.split(b"\r\n\r\n")[0].decode() or None


def get(node, path="/healthz", address=HERE, *lines):
    with connect(node, address) as connection:
        with contextlib.suppress(OSError):
            connection.sendall("\r\n".join([f"GET {path} HTTP/1.1", "Host: orbit", *lines, "", ""]).encode())
        return answer_of(connection)


def status_of(answer):
    return answer and int(answer.split()[1])


@pytest.fixture
def many():
    """Connections that are closed with the test."""
    with contextlib.ExitStack() as stack:
        connections = []

        def open_many(node, count, address=HERE, beginning=b""):
            for _ in range(count):
                connection = stack.enter_context(connect(node, address))
                if beginning:
                    connection.sendall(beginning)
                connections.append(connection)
            return connections

        yield open_many


def test_an_address_has_only_so_many_connections_and_others_hear_nothing_of_it(start_node, many):
    node = start_node("--connections-per-address", "5")
    for connection in many(node, 5, ELSEWHERE, b"GET /healthz HTTP/1.1\r\nHost: orbit\r\n\r\n"):
        assert status_of(answer_of(connection)) == 200
    refusal = get(node, address=ELSEWHERE)
    assert status_of(refusal) in (429, None)
    with connect(node, ELSEWHERE) as silent:
        refusal = answer_of(silent)
    assert status_of(refusal) == 429 and "Retry-After: 5" in refusal and "Connection: close" in refusal
    assert status_of(get(node)) == 200
    assert node.log.read_text().count("127.0.0.2: too many connections") == 1


def test_sockets_count_as_connections_of_their_address_until_they_are_closed(start_node):
    node = start_node("--connections-per-address", "4")
    ada = node.sign_in("ada@acme.test")
    tabs = [ada.open_tab() for _ in range(3)]

    def opens():
        with contextlib.suppress(Refused, ConnectionError, websockets.InvalidMessage):
            return ada.open_tab()
        return None

    assert not opens()
    tabs[0].close()
    tabs[1].vanish()
    eventually(opens)


def test_whoever_guesses_cookies_is_told_to_wait_and_others_get_in(start_node):
    node = start_node("--failed-handshakes-per-address", "5")
    ada = node.sign_in("ada@acme.test")
    lines = (*UPGRADE, KEY, f"Origin: {node.url}")
    statuses = [raw_handshake(node, *lines, "Cookie: orbit_session=guess")[0] for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    status, headers = raw_handshake(node, *lines, f"Cookie: {ada.cookie}")
    assert status == 429 and int(headers["retry-after"]) > 0
    assert status_of(get(node, "/v1/ws?workspace=acme", ELSEWHERE, *lines, f"Cookie: {ada.cookie}")) == 101


def test_handshakes_of_an_address_have_a_pace(start_node):
    node = start_node("--handshakes-per-address", "1", "--failed-handshakes-per-address", "0")
    statuses = [raw_handshake(node, *UPGRADE, KEY)[0] for _ in range(15)]
    assert statuses[0] == 403 and 429 in statuses[10:]
    assert status_of(get(node, "/v1/ws?workspace=acme", ELSEWHERE, *UPGRADE, KEY)) == 403


def test_a_workspace_has_only_so_many_sockets(start_node):
    node = start_node("--sockets-per-workspace", "2")
    ada, margaret = node.sign_in("ada@acme.test"), node.sign_in("margaret@globex.test")
    tabs = [ada.open_tab() for _ in range(2)]
    assert node.sign_in("grace@acme.test").open_tab(wait_for_hello=False).wait_closed() == 4429
    margaret.open_tab("globex")
    tabs[0].close()

    def opens():
        tab = ada.open_tab(wait_for_hello=False)
        with contextlib.suppress(AssertionError):
            return tab.next("hello", timeout=0.5)
        return None

    eventually(opens)


def test_commands_of_a_person_have_a_pace(start_node):
    node = start_node("--commands-per-user", "1")
    ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
    answers = [ada.patch("/v1/me", {"name": f"Ada {n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert answers[-1].status_code == 429 and answers[-1].json()["code"] == "user.too_many_commands"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert ada.get("/v1/me").status_code == 200
    assert grace.patch("/v1/me", {"name": "Grace"}).status_code == 200


def test_commands_in_a_workspace_have_a_pace_that_strangers_cannot_use_up(start_node):
    node = start_node("--commands-per-workspace", "1")
    ada, margaret = node.sign_in("ada@acme.test"), node.sign_in("margaret@globex.test")
    for _ in range(10):
        assert margaret.patch("/v1/workspaces/acme", {"name": "Mine"}).status_code == 404
    answers = [ada.patch("/v1/workspaces/acme", {"name": f"Acme {n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert answers[-1].status_code == 429 and answers[-1].json()["code"] == "workspace.too_many_commands"
    assert margaret.patch("/v1/workspaces/acme", {"name": "Mine"}).status_code == 404
    assert margaret.patch("/v1/workspaces/globex", {"name": "Globex"}).status_code == 200


@pytest.mark.parametrize("flags, address", [((), HERE), (("--trusted-proxy", "10.0.0.0/8,127.0.0.1"), "192.0.2.7")])
def test_a_client_is_who_the_proxy_says_if_the_proxy_is_trusted(start_node, flags, address):
    node = start_node(*flags)
    person = Person(node)
    person.http.headers["X-Forwarded-For"] = "198.51.100.1, 192.0.2.7"
    answer = person.post("/v1/session", {"email": "ada@acme.test", "password": PASSWORD})
    assert answer.status_code == 200
    assert [session["address"] for session in person.get("/v1/sessions").json()] == [address]


def test_sign_ins_are_limited_by_the_clients_address_behind_a_trusted_proxy(start_node):
    node = start_node("--trusted-proxy", HERE)

    def guess(number, address):
        return requests.post(f"{node.url}/v1/session", json={"email": f"nobody{number}@acme.test", "password": "wrong"},
                             headers={"Origin": node.url, "X-Forwarded-For": address}, timeout=10).status_code

    statuses = [guess(number, "192.0.2.7") for number in range(51)]
    assert set(statuses[:50]) == {401} and statuses[50] == 429
    assert guess(99, "192.0.2.8") == 401


BEGINNINGS = [b"", b"GET /healthz HTT", b"POST /v1/session HTTP/1.1\r\nHost: orbit\r\nContent-Length: 100\r\n\r\n{"]


def test_slow_clients_keep_nobody_else_out(start_node, many):
    node = start_node("--connections-per-address", "300")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    began = time.monotonic()
    for beginning in BEGINNINGS:
        many(node, 200, ELSEWHERE, beginning)
    for _ in range(20):
        assert status_of(get(node)) == 200
    ada.patch("/v1/workspaces/acme", {"name": "Not kept out"})
    assert tab.next("workspace.updated")["workspace"]["name"] == "Not kept out"
    # All are gone once their five seconds are over, and the address may come again.
    eventually(lambda: status_of(get(node, address=ELSEWHERE)) == 200)
    assert time.monotonic() - began < 15


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_without_descriptors_new_connections_wait_and_open_ones_go_on(start_node, many):
    node = start_node("--shards", "2")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    open_now = len(os.listdir(f"/proc/{node.process.pid}/fd"))
    resource.prlimit(node.process.pid, resource.RLIMIT_NOFILE, (open_now + 20, open_now + 20))
    # None of them says anything, so that they are gone after five seconds.
    waiting = many(node, 60)
    eventually(lambda: "new connections wait" in node.log.read_text())

    before = cpu_seconds(node.process)
    time.sleep(1)
    assert cpu_seconds(node.process) - before < 0.3
    ada.patch("/v1/workspaces/acme", {"name": "Open ones go on"})
    assert tab.next("workspace.updated")["workspace"]["name"] == "Open ones go on"

    for connection in waiting:
        connection.close()
    assert status_of(get(node)) == 200
    eventually(lambda: "new connections are taken again" in node.log.read_text())
    log = node.log.read_text()
    assert log.count("new connections wait") == 1 and log.count("taken again") == 1
    tab.drain()
