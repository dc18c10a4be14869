"""The MUSTs of RFC 7692 for a server that agrees on permessage-deflate, each case with its section."""

import json
import random
import zlib

import pytest

from wire import CLOSE, CONTINUATION, HANDSHAKE, PING, PONG, TEXT, Wire, close, connect, frame, request_bytes, text

RSV1, RSV2, RSV3 = 4, 2, 1
ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
OFFER = "permessage-deflate; client_max_window_bits"
NODES_LIMIT = 16 * 1024
TAIL = b"\x00\x00\xff\xff"


def deflated(content, level=6, window=15, strategy=zlib.Z_DEFAULT_STRATEGY):
    """7.2.1"""
    packer = zlib.compressobj(level, zlib.DEFLATED, -window, 8, strategy)
    return (packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def inflated(payload, window=15):
    """7.2.2, by somebody who knows nothing of the messages before."""
    unpacker = zlib.decompressobj(-window)
    return unpacker.decompress(payload + TAIL)


def packed(content, **options):
    return text(deflated(content, **options), rsv=RSV1)


def deflating(port, offer=OFFER):
    wire = connect(port, Sec_WebSocket_Extensions=offer)
    assert wire.headers["sec-websocket-extensions"].startswith(ANSWER)
    return wire


def expect_text(wire, content, window=15):
    opcode, payload = wire.next()
    assert opcode == TEXT and wire.rsv in (0, RSV1)  # 6: a message may be compressed or not
    assert (inflated(payload, window) if wire.rsv else payload) == content


# Agreeing

OFFERS = [
    ("7", "no parameters", "permessage-deflate", ANSWER),
    ("7.1.2.2", "client_max_window_bits without a value", OFFER, ANSWER),
    *(("7.1.2.2", f"client_max_window_bits={bits}", f"{OFFER}={bits}", ANSWER) for bits in range(8, 16)),
    ("5.1", "a value in quotes", 'permessage-deflate; client_max_window_bits="10"', ANSWER),
    ("7.1.1.1", "server_no_context_takeover", "permessage-deflate; server_no_context_takeover", ANSWER),
    ("7.1.1.2", "client_no_context_takeover", "permessage-deflate; client_no_context_takeover", ANSWER),
    *(("7.1.2.1", f"server_max_window_bits={bits}, which can be kept", f"permessage-deflate; server_max_window_bits={bits}",
       f"{ANSWER}; server_max_window_bits=12") for bits in range(12, 16)),
    *(("7.1.2.1", f"server_max_window_bits={bits}, which can not", f"permessage-deflate; server_max_window_bits={bits}",
       None) for bits in range(8, 12)),
    ("7.1", "all parameters", "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15; "
     "client_no_context_takeover; server_no_context_takeover", f"{ANSWER}; server_max_window_bits=12"),
    ("7", "an unknown parameter", "permessage-deflate; unknown", None),
    ("7", "a parameter twice", f"{OFFER}; client_max_window_bits", None),
    ("7", "server_no_context_takeover with a value", "permessage-deflate; server_no_context_takeover=1", None),
    ("7", "client_no_context_takeover with a value", "permessage-deflate; client_no_context_takeover=true", None),
    ("7.1.2.1", "server_max_window_bits without a value", "permessage-deflate; server_max_window_bits", None),
    *(("7.1.2.1", f"server_max_window_bits={bits}", f"permessage-deflate; server_max_window_bits={bits}", None)
      for bits in ["7", "16", "0", "012", "1x", "-12", "12.0", "99999999999999999999"]),
    *(("7.1.2.2", f"client_max_window_bits={bits}", f"{OFFER}={bits}", None)
      for bits in ["7", "16", "0", "010", "1x", "-10", "99999999999999999999"]),
    ("5.1", "the second offer, where the first can't be", "permessage-deflate; server_max_window_bits=8, permessage-deflate",
     ANSWER),
    ("5.1", "the first of two that can be",
     "permessage-deflate; server_max_window_bits=12, permessage-deflate", f"{ANSWER}; server_max_window_bits=12"),
    ("5.1", "behind others", "x-webkit-deflate-frame, foo; bar=1, permessage-deflate", ANSWER),
    ("5.1", "in two headers", ["permessage-deflate; unknown", OFFER], ANSWER),
    ("5", "another extension", "permessage-bzip2", None),
    ("5", "a name that begins so", "permessage-deflate2", None),
]


@pytest.mark.parametrize("offer, answer", [pytest.param(*c[2:], id=f"{c[0]} {c[1]}") for c in OFFERS])
def test_an_offer_is_answered_or_declined(echo, offer, answer):
    with connect(echo, Sec_WebSocket_Extensions=offer) as wire:
        assert wire.headers.get("sec-websocket-extensions") == answer
        wire.send(packed(b"Hello"))
        if answer:
            expect_text(wire, b"Hello")
        else:
            wire.expect_failed(1002)  # 6: the bit means nothing where nothing was agreed on


# Messages of the client

HELLO = deflated(b"Hello")
NEVER_SHORTER = random.Random(7692).randbytes(3000).hex().encode()


def in_pieces(payload, *cuts):
    ends = [0, *cuts, len(payload)]
    pieces = [payload[a:b] for a, b in zip(ends, ends[1:])]
    return [frame(CONTINUATION if at else TEXT, piece, fin=at == len(pieces) - 1, rsv=0 if at else RSV1)
            for at, piece in enumerate(pieces)]


def blocks(*parts):
    """7.2.3.3: each part in blocks of its own."""
    packer = zlib.compressobj(wbits=-15)
    return b"".join(packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH) for part in parts)[:-4]


READ = [
    ("7.2.3.1", "the RFC's example", [text(bytes.fromhex("f248cdc9c90700"), rsv=RSV1)], b"Hello"),
    ("7.2.3.1", "the RFC's example in two fragments",
     [frame(TEXT, bytes.fromhex("f248cd"), fin=False, rsv=RSV1), frame(CONTINUATION, bytes.fromhex("c9c90700"))], b"Hello"),
    ("7.2.3.3", "a block without compression", [text(bytes.fromhex("000500faff48656c6c6f00"), rsv=RSV1)], b"Hello"),
    ("7.2.3.4", "a final block, with a byte behind it",
     [text(bytes.fromhex("f348cdc9c9070000"), rsv=RSV1)], b"Hello"),
    ("7.2.3.5", "two blocks", [text(bytes.fromhex("f24805000000ffffcac9c90700"), rsv=RSV1)], b"Hello"),
    ("7.2.3.6", "an empty message", [text(b"\x00", rsv=RSV1)], b""),
    ("7.2.3.6", "an empty message in fragments",
     [frame(TEXT, b"", fin=False, rsv=RSV1), frame(CONTINUATION, b"\x00")], b""),
    ("6", "a message that is not compressed", [text("Hello")], b"Hello"),
    ("6", "an empty one that is not compressed", [text("")], b""),
    ("6", "one in fragments that is not compressed", [text("Hel", fin=False), frame(CONTINUATION, b"lo")], b"Hello"),
    ("6.1", "an empty fragment last", [*in_pieces(HELLO, len(HELLO))], b"Hello"),
    ("6.1", "an empty fragment first", [*in_pieces(HELLO, 0)], b"Hello"),
    ("7.2.1", "many blocks", [text(blocks(*([b"Hello"] * 50)), rsv=RSV1)], b"Hello" * 50),
    ("7.2.1", "empty blocks", [text(blocks(b"", b"Hello", b"", b""), rsv=RSV1)], b"Hello"),
    ("7.2.1", "stored blocks only", [packed(b"Hello" * 100, level=0)], b"Hello" * 100),
    ("7.2.1", "fixed codes only", [packed(b"Hello" * 100, strategy=zlib.Z_FIXED)], b"Hello" * 100),
    ("7.2.1", "no matches", [packed(b"Hello" * 100, strategy=zlib.Z_HUFFMAN_ONLY)], b"Hello" * 100),
    ("7.2.1", "text that grows by compressing", [packed(NEVER_SHORTER[:NODES_LIMIT], level=0)], NEVER_SHORTER[:NODES_LIMIT]),
    ("7.2.1", "as long as a message may be", [packed(b"x" * NODES_LIMIT)], b"x" * NODES_LIMIT),
    ("8.1", "text of all lengths of UTF-8", [packed("µ日😀".encode() * 100)], "µ日😀".encode() * 100),
    *(("7.1.2.2", f"a window of {bits} bits", [packed(NEVER_SHORTER[:5000] * 2, window=bits)], NEVER_SHORTER[:5000] * 2)
      for bits in range(9, 16)),
    *(("7.2.1", f"level {level}", [packed(NEVER_SHORTER[:2000] * 3, level=level)], NEVER_SHORTER[:2000] * 3)
      for level in range(10)),
]


@pytest.mark.parametrize("chop", [None, 1], ids=["whole", "byte by byte"])
@pytest.mark.parametrize("sent, content", [pytest.param(*c[2:], id=f"{c[0]} {c[1]}") for c in READ])
def test_a_message_is_unpacked(echo, sent, content, chop):
    with deflating(echo) as wire:
        wire.send(*sent, packed(b"the next one"), chop=chop if sum(map(len, sent)) < 1000 else None)
        expect_text(wire, content)
        expect_text(wire, b"the next one")
        wire.send(close(1000))
        wire.expect((CLOSE, b"\x03\xe8"))
        wire.expect_end()


def test_a_message_may_be_cut_anywhere_with_pings_between_6_1(echo):
    content = "Hello, µ日😀 ".encode() * 4
    payload = deflated(content)
    with deflating(echo) as wire:
        for cut in range(len(payload) + 1):
            first, last = in_pieces(payload, cut)
            wire.send(first, frame(PING, b"p"), last)
            wire.expect((PONG, b"p"))
            expect_text(wire, content)
        wire.send(*in_pieces(payload, *range(1, len(payload))))
        expect_text(wire, content)


FAILS = [
    ("6.1", "RSV1 on a continuation", [*in_pieces(HELLO, 3)[:1], frame(CONTINUATION, HELLO[3:], rsv=RSV1)], 1002),
    ("6.1", "RSV1 on the continuation of a message that is not compressed",
     [text("x", fin=False), frame(CONTINUATION, b"y", rsv=RSV1)], 1002),
    ("6.1", "RSV1 on a ping", [frame(PING, HELLO, rsv=RSV1)], 1002),
    ("6.1", "RSV1 on a pong", [frame(PONG, rsv=RSV1)], 1002),
    ("6.1", "RSV1 on a close", [close(1000, rsv=RSV1)], 1002),
    ("6.1", "RSV1 on a ping inside a message", [*in_pieces(HELLO, 3)[:1], frame(PING, rsv=RSV1)], 1002),
    *(("6", f"reserved bits {rsv}", [text(HELLO, rsv=rsv)], 1002) for rsv in [1, 2, 3, 5, 6, 7]),
    ("6", "a message inside a message", [*in_pieces(HELLO, 3)[:1], packed(b"x")], 1002),
    ("7.2.2", "no deflate data", [text(b"this is no deflate data", rsv=RSV1)], 1007),
    ("7.2.2", "a reserved type of block", [text(b"\x07", rsv=RSV1)], 1007),
    ("7.2.2", "a stored block with a false length", [text(bytes.fromhex("000500fafe48656c6c6f00"), rsv=RSV1)], 1007),
    ("7.2.2", "no data at all", [text(b"", rsv=RSV1)], 1007),
    ("7.2.2", "a message cut short", [text(deflated(b"Hello" * 50)[:-3], rsv=RSV1)], 1007),
    ("7.2.2", "a distance back to before the message", [text(b"\x02\x53\x00", rsv=RSV1)], 1007),
    ("8.1", "text that is not UTF-8", [packed(b"\xff\xfe")], 1007),
    ("8.1", "text that ends inside a character", [packed(b"x" * 500 + b"\xe6\x97")], 1007),
    ("8.1", "a surrogate, in fragments", [*in_pieces(deflated(b"\xed\xa0\x80"), 2)], 1007),
    ("10.4", "a byte too many", [packed(b"x" * (NODES_LIMIT + 1))], 1009),
    ("10.4", "a bomb of 10 MB", [packed(b"x" * 10_000_000)], 1009),
    ("10.4", "a bomb of 10 MB in fragments", [*in_pieces(deflated(b"x" * 10_000_000), 100, 5000)], 1009),
    ("10.4", "a bomb of many empty blocks", [text(b"\x00\x00\x00\xff\xff" * 5000, rsv=RSV1)], 1009),
    ("10.4", "more than such a message is compressed to", [text(b"x" * 20_000, rsv=RSV1)], 1009),
]


@pytest.mark.parametrize("sent, code", [pytest.param(*c[2:], id=f"{c[0]} {c[1]}") for c in FAILS])
def test_what_breaks_a_rule_fails_the_connection(echo, sent, code):
    with deflating(echo) as wire:
        wire.send(packed(b"before"))
        expect_text(wire, b"before")
        wire.send(*sent, frame(PING, b"behind"))
        wire.expect_failed(code)


def test_a_client_that_keeps_its_window_although_it_agreed_not_to_is_found_out_7_1_1_2(echo):
    packer = zlib.compressobj(wbits=-15)
    message = NEVER_SHORTER[:500]
    first, second = ((packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4] for _ in range(2))
    with deflating(echo) as wire:
        wire.send(text(first, rsv=RSV1))
        expect_text(wire, message)
        wire.send(text(second, rsv=RSV1))
        wire.expect_failed(1007)


# Messages of the server

def test_a_node_compresses_what_is_long_and_each_message_by_itself_7_1_1_1(echo):
    content = json.dumps([{"id": n, "name": "日本"} for n in range(100)]).encode()
    with deflating(echo) as wire:
        for _ in range(3):
            wire.send(packed(content))
            opcode, payload = wire.next()
            assert (opcode, wire.rsv) == (TEXT, RSV1)
            assert not payload.endswith(TAIL)  # 7.2.1
            assert inflated(payload) == content  # without what the messages before have said
        wire.send(text("short"))
        wire.expect((TEXT, b"short"))
        assert wire.rsv == 0


def test_a_server_keeps_to_the_window_that_it_agreed_on_7_1_2_1(large_echo):
    content = NEVER_SHORTER[:5800]
    with deflating(large_echo, "permessage-deflate; server_max_window_bits=12") as wire:
        assert wire.headers["sec-websocket-extensions"].endswith("server_max_window_bits=12")
        for repeats in 1, 2, 20:
            wire.send(packed(content * repeats))
            expect_text(wire, content * repeats, window=12)


def test_nothing_is_compressed_for_who_did_not_agree_6(large_echo):
    with connect(large_echo) as wire:
        wire.send(text("x" * 5000))
        wire.expect((TEXT, b"x" * 5000))
        assert wire.rsv == 0


def test_control_frames_are_never_compressed_6(large_echo):
    with deflating(large_echo) as wire:
        wire.send(frame(PING, b"x" * 125), close(1000, b"x" * 100))
        wire.expect((PONG, b"x" * 125))
        assert wire.rsv == 0
        assert wire.next()[0] == CLOSE
        assert wire.rsv == 0


def a_message(size, seed):
    """Text as apps send it: words that come again, numbers that don't."""
    dice = random.Random(seed)
    words = ["orbit", "workspace", "member", "日本", "😀", '"role":', "{", "}", "µ"]
    out = bytearray()
    while len(out) < size:
        out += (dice.choice(words) if dice.random() < 0.8 else str(dice.getrandbits(40))).encode()
    return bytes(out[:size]).decode(errors="ignore").encode()


@pytest.mark.parametrize("offer", ["permessage-deflate", OFFER, f"{OFFER}=9", "permessage-deflate; server_max_window_bits=12"])
@pytest.mark.parametrize("fragment", [None, 100, 3000], ids=["whole", "of 100", "of 3000"])
@pytest.mark.parametrize("size", [16, 64, 256, 1024, 4096, 16384, 65536, 131072])
def test_messages_of_all_lengths_come_back(large_echo, size, fragment, offer):
    with deflating(large_echo, offer) as wire:
        for seed in range(5):
            content = a_message(size, seed)
            payload = deflated(content, level=1 + seed * 2, window=9 if offer.endswith("=9") else 15)
            cuts = range(fragment, len(payload), fragment) if fragment else []
            wire.send(*in_pieces(payload, *cuts))
            expect_text(wire, content)


def test_a_malformed_offer_is_refused_with_the_handshake_5_1(echo):
    for offer in "permessage-deflate;", "permessage-deflate; client_max_window_bits=", "permessage-deflate; =9":
        with Wire(echo) as wire:
            wire.send(request_bytes(HANDSHAKE | {"Sec-WebSocket-Extensions": offer}))
            assert wire.head() == 400, offer
