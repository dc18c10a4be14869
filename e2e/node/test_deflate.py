"""permessage-deflate (RFC 7692): tabs that take compressed frames and tabs that don't, side by side, one of them with an
implementation that isn't ours."""

import json
import zlib

import pytest
import requests

from harness import durable
from services import free_port
from raw_socket import KEY, UPGRADE, RawSocket, raw_handshake

OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
LONG = '日"' * 128  # of a role's description: with all permissions, the event is over 1 KiB


def add_role(person, name="Long", description=LONG):
    permissions = next(r["permissions"] for r in person.snapshot()["roles"] if r["systemKey"] == "ADMIN")
    answer = person.post("/v1/workspaces/acme/roles",
                         {"name": name, "description": description, "permissions": permissions if description else []})
    assert answer.status_code == 201, answer.text


def deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def inflate(payload):
    return zlib.decompress(payload + b"\0\0\xff\xff\1\0\0\xff\xff", wbits=-12)


def both_tabs(person, **options):
    return person.open_tab(compression="deflate", **options), person.open_tab(**options)


@pytest.mark.parametrize("offer, answer", [
    ("permessage-deflate", ANSWER),
    ("permessage-deflate; client_max_window_bits", ANSWER),
    ("permessage-deflate; server_max_window_bits=15", ANSWER + "; server_max_window_bits=12"),
    ("permessage-deflate; server_max_window_bits=9, permessage-deflate", ANSWER),
    ("permessage-deflate; server_max_window_bits=9", None),
    ("permessage-deflate; unknown", None),
    ("permessage-deflate; client_max_window_bits; client_max_window_bits", None),
    ("x-webkit-deflate-frame", None),
])
def test_an_offer_is_answered_or_declined(node, ada, offer, answer):
    status, headers = raw_handshake(node, *UPGRADE, KEY, f"Origin: {node.url}", f"Cookie: {ada.cookie}",
                                    f"Sec-WebSocket-Extensions: {offer}")
    assert status == 101
    assert headers.get("sec-websocket-extensions") == answer


def test_several_headers_are_one_list(node, ada):
    status, headers = raw_handshake(node, *UPGRADE, KEY, f"Origin: {node.url}", f"Cookie: {ada.cookie}",
                                    "Sec-WebSocket-Extensions: permessage-deflate; unknown", OFFER)
    assert (status, headers["sec-websocket-extensions"]) == (101, ANSWER)


@pytest.mark.parametrize("header", ["", "permessage-deflate;", "permessage-deflate; client_max_window_bits=", "a b"])
def test_a_malformed_list_of_extensions_is_refused(node, ada, header):
    status, _ = raw_handshake(node, *UPGRADE, KEY, f"Origin: {node.url}", f"Cookie: {ada.cookie}",
                              f"Sec-WebSocket-Extensions: {header}")
    assert status == 400


def test_both_kinds_of_tabs_see_the_same(node, ada, grace):
    deflating, plain = both_tabs(ada)
    assert [extension.name for extension in deflating.socket.extensions] == ["permessage-deflate"]
    assert not plain.socket.extensions
    for number in range(20):
        add_role(grace, f"Role {number}", LONG if number % 3 else None)
    frames = durable(deflating.drain())
    assert frames == durable(plain.drain())
    assert [frame["role"]["name"] for frame in frames] == [f"Role {number}" for number in range(20)]


def test_long_frames_are_compressed_for_those_who_take_it_and_short_ones_for_nobody(node, ada):
    deflating, plain = RawSocket(node, ada, OFFER), RawSocket(node, ada)
    for connection in deflating, plain:
        assert json.loads(connection.answer()[1])["type"] == "hello"
        assert not connection.deflated
    add_role(ada)
    add_role(ada, "Short", None)
    payloads = []
    for connection in deflating, plain:
        _, long = connection.answer()
        assert connection.deflated == (connection is deflating)
        _, short = connection.answer()
        assert not connection.deflated
        payloads.append((long, short))
    (packed, short), (long, same) = payloads
    assert short == same
    assert len(packed) < len(long) / 2
    assert inflate(packed) == long


def test_hello_is_compressed_where_it_is_long(start_node):
    node = start_node("--compress-from", "300")
    ada = node.sign_in("ada@acme.test")
    connection = RawSocket(node, ada, OFFER)
    _, payload = connection.answer()
    assert connection.deflated
    assert json.loads(inflate(payload))["type"] == "hello"
    assert ada.open_tab(compression="deflate").hello["presence"] == ada.open_tab().hello["presence"]


def test_both_kinds_of_tabs_resume_with_the_same(node, ada):
    deflating, plain = both_tabs(ada)
    cursor = f"&after={plain.hello['seq']}&epoch={plain.hello['epoch']}"
    add_role(ada, "Compressed for a tab")
    deflating.close()
    plain.close()
    add_role(ada, "While nobody takes it")
    add_role(ada, "Short", None)
    names = ["Compressed for a tab", "While nobody takes it", "Short"]
    for from_log in False, True:
        if from_log:
            node.kill()
            node.restart()
        tabs = both_tabs(ada, query=cursor)
        for tab in tabs:
            assert [frame["role"]["name"] for frame in durable(tab.drain())] == names
        for tab in tabs:
            tab.close()


def test_what_a_tab_compresses_is_read(ada):
    tab = ada.open_tab(compression="deflate")
    me = ada.member_id("ada@acme.test")
    assert tab.ask({"type": "presence.watch", "memberIds": [me] * 200})["type"] == "reply"
    tab.send_text(['{"type":"pi', 'ng","ref":"in', ' pieces"}'])
    assert tab.next("reply")["ref"] == "in pieces"


@pytest.mark.parametrize("payload, code", [
    (b"this is no deflate data", 1007),
    (b"", 1007),
    (deflate(b'{"type":"ping"}')[:-3], 1007),
    (deflate(b"\xff\xfe" + b"x" * 100), 1007),
    (deflate(b"x" * 16_385), 1009),
    (deflate(b"x" * 10_000_000), 1009),
], ids=["corrupt", "no payload", "cut short", "not UTF-8", "one byte too long", "a bomb"])
def test_what_is_corrupt_or_too_long_closes_with_its_code(node, ada, payload, code):
    connection = RawSocket(node, ada, OFFER)
    connection.frame(1, payload, rsv=4)
    assert connection.close_code() == code


def test_only_the_first_frame_of_a_message_is_marked(node, ada):
    payload = deflate(b'{"type":"ping"}')
    connection = RawSocket(node, ada, OFFER)
    assert connection.answer()[0] == 1  # hello
    connection.frame(1, payload[:5], fin=False, rsv=4)
    connection.frame(9, b"are you there")
    assert connection.answer() == (10, b"are you there")
    connection.frame(0, payload[5:])
    assert b'"pong"' in connection.answer()[1]
    connection.frame(1, payload[:5], fin=False, rsv=4)
    connection.frame(0, payload[5:], rsv=4)
    assert connection.close_code() == 1002


def test_a_broadcast_is_compressed_once(start_node):
    port = free_port()
    node = start_node("--metrics-listen", f"127.0.0.1:{port}")
    ada = node.sign_in("ada@acme.test")

    def metric(name):
        lines = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text.splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(f"orbit_websocket_{name} "))

    ada.open_tab()
    add_role(ada, "Nobody takes it")
    assert metric("frames_deflated_total") == 0
    tabs = [ada.open_tab(compression="deflate") for _ in range(3)]
    add_role(ada)
    for tab in tabs:
        tab.next("workspace.role.created")
    assert metric("deflating_connections") == 3
    assert metric("frames_deflated_total") == 1
    assert metric("deflate_saved_bytes_total") > 500


def test_a_node_can_be_told_never_to_compress(start_node):
    node = start_node("--compress-from", "0")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab(compression="deflate")
    assert not tab.socket.extensions
    add_role(ada)
    assert tab.next("workspace.role.created")["role"]["description"] == LONG
