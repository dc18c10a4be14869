"""The handshake, the limits and the closing of sockets, as a browser or a hostile client meets them (promise 7)."""

import socket
import struct

import pytest

from harness import Refused, Tab
from raw_socket import KEY, UPGRADE, RawSocket, raw_handshake


def test_a_right_handshake_is_answered_as_rfc_6455_computes_it(node, ada):
    status, headers = raw_handshake(node, *UPGRADE, KEY, f"Origin: {node.url}", f"Cookie: {ada.cookie}")
    assert status == 101
    assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize("lines, expected", [
    ((), 426),
    (("Connection: Upgrade", "Upgrade: h2c", "Sec-WebSocket-Version: 13", KEY), 426),
    (("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 8", KEY), 426),
    (UPGRADE, 400),
    ((*UPGRADE, "Sec-WebSocket-Key: c2hvcnQ="), 400),
    ((*UPGRADE, "Sec-WebSocket-Key: not base64 at all!!"), 400),
    ((*UPGRADE, KEY, KEY), 400),
])
def test_what_is_no_websocket_handshake_is_told_so(node, ada, lines, expected):
    status, _ = raw_handshake(node, *lines, f"Origin: {node.url}", f"Cookie: {ada.cookie}")
    assert status == expected


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", None])
def test_a_foreign_or_missing_origin_is_refused_before_anything_else(ada, origin):
    with pytest.raises(Refused) as refusal:
        ada.open_tab(origin=origin)
    assert refusal.value.status == 403


def test_an_allowed_origin_is_let_in(start_node):
    node = start_node("--allow-origin", "https://app.example")
    node.sign_in("ada@acme.test").open_tab(origin="https://app.example")


@pytest.mark.parametrize("slug", ["globex", "no-such-workspace", "", "%00", "a" * 300])
def test_no_member_no_such_workspace_and_no_session_look_the_same(node, ada, slug):
    for person in (ada, None):
        with pytest.raises(Refused) as refusal:
            if person:
                person.open_tab(slug)
            else:
                Tab(node, slug)
        assert refusal.value.status == 401


def test_binary_frames_are_refused_with_1003(ada):
    tab = ada.open_tab()
    tab.send_text(b"\x00\x01")
    assert tab.wait_closed() == 1003


def test_a_frame_over_16_kib_is_refused_with_1009(ada):
    tab = ada.open_tab()
    tab.send('{"type":"ping","x":"' + "x" * (16 * 1024) + '"}')
    assert tab.wait_closed() == 1009


def test_a_flood_of_messages_ends_with_4429(ada):
    tab = ada.open_tab()
    with pytest.raises(Exception):
        for _ in range(10_000):
            tab.send({"type": "presence.back"})
    assert tab.wait_closed() == 4429


def test_the_51st_socket_of_a_member_is_refused_with_4429(ada):
    tabs = [ada.open_tab() for _ in range(50)]
    one_too_many = ada.open_tab(wait_for_hello=False)
    assert one_too_many.wait_closed() == 4429
    assert one_too_many.seen == []
    tabs[0].drain()
    tabs[0].close()
    ada.open_tab()


@pytest.mark.parametrize("bad, code", [
    ({"opcode": 1, "payload": b"{}", "masked": False}, 1002),
    ({"opcode": 1, "payload": b"{}", "rsv": 4}, 1002),
    ({"opcode": 3}, 1002),
    ({"opcode": 0, "payload": b"continues nothing"}, 1002),
    ({"opcode": 9, "fin": False}, 1002),
    ({"opcode": 9, "payload": b"x" * 126}, 1002),
    ({"opcode": 1, "payload": b"\xff\xfe"}, 1007),
    ({"opcode": 1, "payload": b"\xed\xa0\x80"}, 1007),
    ({"opcode": 8, "payload": b"\x03"}, 1002),
    ({"opcode": 8, "payload": struct.pack("!H", 1005)}, 1002),
    ({"opcode": 8, "payload": struct.pack("!H", 1000) + b"\xff"}, 1007),
])
def test_a_protocol_violation_closes_with_its_code(node, ada, bad, code):
    connection = RawSocket(node, ada)
    connection.frame(**bad)
    assert connection.close_code() == code


def test_control_frames_come_between_fragments_and_the_close_is_echoed(node, ada):
    connection = RawSocket(node, ada)
    assert connection.answer()[0] == 1  # hello
    connection.frame(1, b'{"type":', fin=False)
    connection.frame(9, b"are you there")
    assert connection.answer() == (10, b"are you there")
    connection.frame(0, b'"ping"}')
    assert b'"pong"' in connection.answer()[1]
    connection.frame(8, struct.pack("!H", 1000))
    assert connection.close_code() == 1000
    with pytest.raises(EOFError):
        connection.next()


def test_a_reader_that_never_reads_is_closed_and_slows_nobody(start_node):
    node = start_node("--outbound-queue", "65536")
    ada = node.sign_in("ada@acme.test")
    stuck = RawSocket(node, ada, receive_buffer=4096)
    healthy = ada.open_tab()
    team = ada.post("/v1/workspaces/acme/teams", {"name": "x"}).json()
    for number in range(1500):
        name = f"{number} " + "x" * 70
        assert ada.patch(f"/v1/workspaces/acme/teams/{team['id']}", {"name": name}).status_code == 200
    assert healthy.next("team.created")
    healthy.drain()
    snapshot = ada.snapshot()
    assert healthy.seen[-1]["seq"] == snapshot["seq"]
    del stuck


def test_the_node_pings_and_drops_who_does_not_answer(start_node):
    node = start_node("--heartbeat", "1s")
    ada = node.sign_in("ada@acme.test")
    silent = RawSocket(node, ada)
    answering = ada.open_tab()
    with pytest.raises((EOFError, ConnectionResetError)):
        while True:
            silent.next()  # reads the pings, answers none
    answering.drain()


def test_a_handshake_that_dawdles_is_cut_off_after_5_seconds(node):
    with socket.create_connection(("127.0.0.1", node.port), timeout=10) as connection:
        connection.sendall(b"GET /v1/ws?workspace=acme HTTP/1.1\r\nHost: x\r\n")
        assert connection.recv(1) == b""


def test_a_head_over_8_kib_is_refused_with_431(node, ada):
    status, _ = raw_handshake(node, *UPGRADE, KEY, f"Origin: {node.url}", "X-Filler: " + "x" * 9000)
    assert status == 431
