"""The MUSTs of RFC 6455 for a server, each case with its section. A shard answers pings and closes at once, and messages
once their handler has spoken: so a pong may overtake a text, and nothing is said any more to who has closed (5.5.1)."""

import base64
import hashlib

import pytest

from wire import (BINARY, CLOSE, CONTINUATION, HANDSHAKE, KEY, PING, PONG, TEXT, Wire, close, connect, frame,
                  request_bytes, text)

NODES_LIMIT = 16 * 1024


def cases(table):
    """Parameters of which the first is the section: it, and the second, name the case."""
    return [pytest.param(*case[2:], id=f"{case[0]} {case[1]}") for case in table]


# The opening handshake

REFUSED = [
    ("4.2.1", "another method", {}, 400, {"method": "POST"}),
    ("4.2.1", "a method in lower case", {}, 400, {"method": "get"}),
    ("4.2.1", "HTTP/1.0", {}, 400, {"version": "HTTP/1.0"}),
    ("4.2.1", "no Host", {"Host": None}, 400, {}),
    ("4.2.1", "two Hosts", {"Host": ["a", "b"]}, 400, {}),
    ("4.2.1", "no Upgrade", {"Upgrade": None}, 426, {}),
    ("4.2.1", "an Upgrade to something else", {"Upgrade": "h2c"}, 426, {}),
    ("4.2.1", "an Upgrade that only begins so", {"Upgrade": "websockets"}, 426, {}),
    ("4.2.1", "no Connection", {"Connection": None}, 400, {}),
    ("4.2.1", "a Connection without Upgrade", {"Connection": "keep-alive"}, 400, {}),
    ("4.2.1", "no key", {"Sec-WebSocket-Key": None}, 400, {}),
    ("4.2.1", "an empty key", {"Sec-WebSocket-Key": ""}, 400, {}),
    ("4.2.1", "a key of 15 bytes", {"Sec-WebSocket-Key": base64.b64encode(b"k" * 15).decode()}, 400, {}),
    ("4.2.1", "a key of 17 bytes", {"Sec-WebSocket-Key": base64.b64encode(b"k" * 17).decode()}, 400, {}),
    ("4.2.1", "a key that is not base64", {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZ!=="}, 400, {}),
    ("11.3.1", "two keys", {"Sec-WebSocket-Key": [KEY, KEY]}, 400, {}),
    ("4.2.1", "no version", {"Sec-WebSocket-Version": None}, 426, {}),
    ("4.4", "version 8", {"Sec-WebSocket-Version": "8"}, 426, {}),
    ("4.4", "version 0", {"Sec-WebSocket-Version": "0"}, 426, {}),
    ("4.4", "version 14", {"Sec-WebSocket-Version": "14"}, 426, {}),
    ("4.4", "several versions in one", {"Sec-WebSocket-Version": "13, 8"}, 426, {}),
    ("11.3.5", "two versions", {"Sec-WebSocket-Version": ["13", "8"]}, 426, {}),
    ("9.1", "an empty list of extensions", {"Sec-WebSocket-Extensions": ""}, 400, {}),
    ("9.1", "a parameter without a name", {"Sec-WebSocket-Extensions": "a; =1"}, 400, {}),
    ("9.1", "a parameter without its value", {"Sec-WebSocket-Extensions": "a; b="}, 400, {}),
    ("9.1", "a name that is no token", {"Sec-WebSocket-Extensions": "a(b)"}, 400, {}),
    ("9.1", "a quoted value that is no token", {"Sec-WebSocket-Extensions": 'a; b="c d"'}, 400, {}),
    ("9.1", "a quote that does not end", {"Sec-WebSocket-Extensions": 'a; b="c'}, 400, {}),
]


@pytest.mark.parametrize("headers, status, line", cases(REFUSED))
def test_what_is_no_handshake_is_refused(echo, headers, status, line):
    with Wire(echo) as wire:
        wire.send(request_bytes(HANDSHAKE | headers, **line))
        assert wire.head() == status
        if status == 426:
            assert wire.headers["sec-websocket-version"] == "13"  # 4.2.2, 4.4
            assert wire.headers["upgrade"] == "websocket"  # RFC 9110, 15.5.22


ACCEPTED = [
    ("4.2.1", "as a browser has it", {"Origin": "http://a.example", "User-Agent": "b", "Pragma": "no-cache"}),
    ("4.2.1", "Upgrade in capitals", {"Upgrade": "WEBSOCKET"}),
    ("4.2.1", "Upgrade among others", {"Upgrade": "h2c, websocket"}),
    ("4.2.1", "Upgrade in two headers", {"Upgrade": ["h2c", "websocket"]}),
    ("4.2.1", "Connection in lower case, among others", {"Connection": "keep-alive, upgrade"}),
    ("4.2.1", "Connection in two headers", {"Connection": ["keep-alive", "Upgrade"]}),
    ("4.1", "no Origin, as of no browser", {"Origin": None}),
    ("1.9", "protocols that nobody speaks here", {"Sec-WebSocket-Protocol": "chat, superchat"}),
    ("9.1", "extensions that nobody knows here", {"Sec-WebSocket-Extensions": 'foo, bar; baz=2; q="r"'}),
    ("4.1", "a header that nobody knows", {"X-Other": "x" * 4000}),
    ("4.1", "white space around values", {"Sec-WebSocket-Key": f"  {KEY}\t", "Sec-WebSocket-Version": " 13 "}),
]


@pytest.mark.parametrize("headers", cases(ACCEPTED))
def test_a_handshake_is_answered(echo, headers):
    with Wire(echo) as wire:
        wire.send(request_bytes(HANDSHAKE | headers))
        assert wire.head() == 101
        digest = hashlib.sha1(KEY.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        assert wire.headers.pop("sec-websocket-accept") == base64.b64encode(digest).decode() == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        assert wire.headers.pop("upgrade").lower() == "websocket"
        assert wire.headers.pop("connection").lower() == "upgrade"
        # 4.2.2: neither a protocol nor an extension that was not agreed on.
        assert not {"sec-websocket-protocol", "sec-websocket-extensions"} & set(wire.headers)
        wire.send(text("hello"))
        wire.expect((TEXT, b"hello"))


def test_header_names_have_no_case_4_2_1(echo):
    with Wire(echo) as wire:
        wire.send(request_bytes({name.upper() if at % 2 else name.lower(): value
                                 for at, (name, value) in enumerate(HANDSHAKE.items())}))
        assert wire.head() == 101


def test_frames_may_come_right_behind_the_handshake_4_1(echo):
    with Wire(echo) as wire:
        wire.send(request_bytes(HANDSHAKE), text("hel", fin=False), frame(PING, b"1"), frame(CONTINUATION, b"lo"))
        assert wire.head() == 101
        wire.expect((PONG, b"1"), (TEXT, b"hello"))


def test_a_handshake_may_come_byte_by_byte(echo):
    with Wire(echo) as wire:
        wire.send(request_bytes(HANDSHAKE), text("hello"), chop=1)
        assert wire.head() == 101
        wire.expect((TEXT, b"hello"))


# What is answered

MANY = [text(piece, fin=False) if at == 0 else frame(CONTINUATION, piece, fin=at == 15)
        for at, piece in enumerate([b"a"] * 16)]

ANSWERED = [
    ("5.6", "a message", [text("Hello")], [(TEXT, b"Hello")]),
    ("5.6", "an empty message", [text("")], [(TEXT, b"")]),
    ("5.6", "two messages", [text("one"), text("two")], [(TEXT, b"one"), (TEXT, b"two")]),
    ("5.3", "a mask of zeros", [text("Hello", key=bytes(4))], [(TEXT, b"Hello")]),
    ("5.3", "a mask of ones", [text("Hello", key=b"\xff" * 4)], [(TEXT, b"Hello")]),
    ("5.7", "the RFC's own example", [bytes.fromhex("818537fa213d7f9f4d5158")], [(TEXT, b"Hello")]),
    ("5.4", "two fragments", [text("Hel", fin=False), frame(CONTINUATION, b"lo")], [(TEXT, b"Hello")]),
    ("5.4", "sixteen fragments", MANY, [(TEXT, b"a" * 16)]),
    ("5.4", "an empty fragment first", [text("", fin=False), frame(CONTINUATION, b"x")], [(TEXT, b"x")]),
    ("5.4", "an empty fragment last", [text("x", fin=False), frame(CONTINUATION)], [(TEXT, b"x")]),
    ("5.4", "an empty fragment between",
     [text("x", fin=False), frame(CONTINUATION, fin=False), frame(CONTINUATION, b"y")], [(TEXT, b"xy")]),
    ("5.4", "nothing but empty fragments",
     [text("", fin=False), frame(CONTINUATION, fin=False), frame(CONTINUATION)], [(TEXT, b"")]),
    ("5.4", "a ping between fragments, answered first",
     [text("Hel", fin=False), frame(PING, b"p"), frame(CONTINUATION, b"lo")], [(PONG, b"p"), (TEXT, b"Hello")]),
    ("5.4", "pings between all fragments",
     [text("a", fin=False), frame(PING, b"1"), frame(CONTINUATION, b"b", fin=False), frame(PING, b"2"),
      frame(CONTINUATION, b"c")], [(PONG, b"1"), (PONG, b"2"), (TEXT, b"abc")]),
    ("5.4", "a pong between fragments",
     [text("Hel", fin=False), frame(PONG, b"p"), frame(CONTINUATION, b"lo")], [(TEXT, b"Hello")]),
    ("5.4", "a message in fragments after another",
     [text("a", fin=False), frame(CONTINUATION, b"b"), text("c", fin=False), frame(CONTINUATION, b"d")],
     [(TEXT, b"ab"), (TEXT, b"cd")]),
    ("5.5.2", "a ping", [frame(PING, b"Hello")], [(PONG, b"Hello")]),
    ("5.5.2", "an empty ping", [frame(PING)], [(PONG, b"")]),
    ("5.5.2", "a ping of bytes that are no text", [frame(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")],
     [(PONG, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")]),
    ("5.5.2", "a ping of 125 bytes", [frame(PING, b"\xfe" * 125)], [(PONG, b"\xfe" * 125)]),
    ("5.5.2", "ten pings", [frame(PING, b"%d" % n) for n in range(10)], [(PONG, b"%d" % n) for n in range(10)]),
    ("5.5.3", "a pong that nobody asked for", [frame(PONG, b"x"), frame(PONG), text("x")], [(TEXT, b"x")]),
    ("5.5.3", "a pong of 125 bytes", [frame(PONG, b"\xfe" * 125), text("x")], [(TEXT, b"x")]),
    ("5.5.3", "a pong between pings", [frame(PING, b"1"), frame(PONG, b"x"), frame(PING, b"2")],
     [(PONG, b"1"), (PONG, b"2")]),
]


@pytest.mark.parametrize("chop", [None, 1, 3], ids=["whole", "byte by byte", "3 bytes each"])
@pytest.mark.parametrize("sent, answers", cases(ANSWERED))
def test_what_is_well_formed_is_answered(echo, sent, answers, chop):
    with connect(echo) as wire:
        wire.send(*sent, chop=chop)
        wire.expect(*answers)
        wire.send(close(1000))
        wire.expect((CLOSE, b"\x03\xe8"))
        wire.expect_end()


SIZES = [0, 1, 124, 125, 126, 127, 128, 1023, 1024, 16383, 16384]
LARGE = [16385, 65535, 65536, 65537, 1 << 20, 4 << 20]


@pytest.mark.parametrize("size", SIZES, ids=[f"5.2 {size} bytes" for size in SIZES])
def test_messages_of_all_lengths_come_back(echo, size):
    with connect(echo) as wire:
        wire.send(text("x" * size))
        wire.expect((TEXT, b"x" * size))


@pytest.mark.parametrize("piece", [None, 64, 4096, 65536], ids=["in one frame", "of 64", "of 4096", "of 65536"])
@pytest.mark.parametrize("size", LARGE, ids=[f"5.2 {size} bytes" for size in LARGE])
def test_messages_larger_than_a_nodes_come_back_where_they_may(large_echo, size, piece):
    if piece and size // piece > 20_000:
        piece = size // 20_000
    content = bytes(32 + at % 95 for at in range(size))
    with connect(large_echo) as wire:
        pieces = [content[at:at + piece] for at in range(0, size, piece)] if piece else [content]
        wire.send(b"".join(frame(CONTINUATION if at else TEXT, part, fin=at == len(pieces) - 1, key=b"\x12\x00\xab\xff"
                                 if piece is None else bytes(4)) for at, part in enumerate(pieces)))
        wire.expect((TEXT, content))


# What fails the connection

FAILS = [
    ("5.1", "no mask", [text("x", mask=False)], 1002),
    ("5.1", "no mask, empty", [text("", mask=False)], 1002),
    ("5.1", "a ping without a mask", [frame(PING, mask=False)], 1002),
    ("5.1", "a close without a mask", [close(1000, mask=False)], 1002),
    ("5.1", "a fragment without a mask", [text("x", fin=False), frame(CONTINUATION, b"y", mask=False)], 1002),
    *(("5.2", f"reserved bits {rsv} of a message", [text("x", rsv=rsv)], 1002) for rsv in range(1, 8)),
    *(("5.2", f"reserved bits {rsv} of a ping", [frame(PING, rsv=rsv)], 1002) for rsv in range(1, 8)),
    *(("5.2", f"reserved bits {rsv} of a close", [close(1000, rsv=rsv)], 1002) for rsv in range(1, 8)),
    *(("5.2", f"reserved bits {rsv} of a continuation", [text("x", fin=False), frame(CONTINUATION, b"y", rsv=rsv)], 1002)
      for rsv in range(1, 8)),
    *(("5.2", f"reserved opcode {opcode}", [frame(opcode)], 1002) for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]),
    *(("5.2", f"reserved opcode {opcode} with a payload", [frame(opcode, b"x" * 200)], 1002) for opcode in [3, 7, 11, 15]),
    *(("5.2", f"reserved opcode {opcode} between fragments", [text("x", fin=False), frame(opcode, b"y")], 1002)
      for opcode in [3, 7, 11, 15]),
    ("5.2", "5 as 16 bits", [text("Hello", size=2)], 1002),
    ("5.2", "125 as 16 bits", [text("x" * 125, size=2)], 1002),
    ("5.2", "5 as 64 bits", [text("Hello", size=8)], 1002),
    ("5.2", "65535 as 64 bits", [text("x", length=65535, size=8)], 1002),
    ("5.2", "a length past 63 bits", [text("x", length=1 << 63, size=8)], 1002),
    ("5.2", "all 64 bits of a length", [text("x", length=(1 << 64) - 1, size=8)], 1002),
    ("5.4", "a continuation of nothing", [frame(CONTINUATION, b"x")], 1002),
    ("5.4", "a continuation of nothing, not the last", [frame(CONTINUATION, b"x", fin=False)], 1002),
    ("5.4", "an empty continuation of nothing", [frame(CONTINUATION)], 1002),
    ("5.4", "a message inside a message", [text("x", fin=False), text("y")], 1002),
    ("5.4", "a first fragment inside a message", [text("x", fin=False), text("y", fin=False)], 1002),
    ("5.5", "a ping of 126 bytes", [frame(PING, b"x" * 126)], 1002),
    ("5.5", "a pong of 126 bytes", [frame(PONG, b"x" * 126)], 1002),
    ("5.5", "a close of 126 bytes", [close(1000, b"x" * 124)], 1002),
    ("5.5", "a ping of 70,000 bytes", [frame(PING, b"x" * 70_000)], 1002),
    ("5.5", "a ping of 5 bytes as 16 bits", [frame(PING, b"Hello", size=2)], 1002),
    ("5.5", "a ping in fragments", [frame(PING, b"x", fin=False), frame(CONTINUATION, b"y")], 1002),
    ("5.5", "a pong in fragments", [frame(PONG, b"x", fin=False)], 1002),
    ("5.5", "a close in fragments", [close(1000, fin=False)], 1002),
    ("5.5", "a ping in fragments inside a message", [text("x", fin=False), frame(PING, fin=False)], 1002),
    ("5.5.1", "a close of one byte", [frame(CLOSE, b"\x03")], 1002),
    ("5.5.1", "a close whose reason is not UTF-8", [close(1000, b"\xff")], 1007),
    ("5.5.1", "a close whose reason is cut inside a character", [close(1000, b"\xe6\x97")], 1007),
    ("5.5.1", "a close whose reason has a surrogate", [close(1000, b"\xed\xa0\x80")], 1007),
    ("7.4.1", "a binary message, which this server does not take", [frame(BINARY, b"x")], 1003),
    ("7.4.1", "an empty binary message", [frame(BINARY)], 1003),
    ("7.4.1", "a binary message in fragments", [frame(BINARY, b"x", fin=False)], 1003),
    ("7.4.1", "a byte too many", [text("x" * (NODES_LIMIT + 1))], 1009),
    ("7.4.1", "a byte too many, in fragments",
     [text("x" * NODES_LIMIT, fin=False), frame(CONTINUATION, fin=False), frame(CONTINUATION, b"x")], 1009),
    ("10.4", "a frame that says that it is too long", [text("x", length=NODES_LIMIT + 1, size=2)], 1009),
    ("10.4", "a frame that says that it has 2^62 bytes", [text("x", length=1 << 62, size=8)], 1009),
    ("10.4", "a second fragment that says that it is too long",
     [text("x", fin=False), frame(CONTINUATION, b"x", length=NODES_LIMIT, size=2)], 1009),
]


@pytest.mark.parametrize("chop", [None, 1], ids=["whole", "byte by byte"])
@pytest.mark.parametrize("sent, code", cases(FAILS))
def test_what_breaks_a_rule_fails_the_connection(echo, sent, code, chop):
    if chop and sum(map(len, sent)) > 2000:
        chop = 997
    with connect(echo) as wire:
        wire.send(text("before"))
        wire.expect((TEXT, b"before"))
        wire.send(*sent, text("behind"), frame(PING, b"behind"), chop=chop)
        wire.expect_failed(code)


def test_a_message_that_has_ended_is_not_continued_5_4(echo):
    with connect(echo) as wire:
        wire.send(text("x", fin=False), frame(CONTINUATION, b"y"))
        wire.expect((TEXT, b"xy"))
        wire.send(frame(CONTINUATION, b"z"))
        wire.expect_failed(1002)


# UTF-8, which 8.1 wants of all text

VALID_TEXTS = [
    ("ASCII", b"Hello"), ("NUL", b"\x00"), ("DEL", b"\x7f"), ("two bytes, first", b"\xc2\x80"),
    ("two bytes, last", b"\xdf\xbf"), ("three bytes, first", b"\xe0\xa0\x80"), ("before the surrogates", b"\xed\x9f\xbf"),
    ("behind the surrogates", b"\xee\x80\x80"), ("the replacement character", b"\xef\xbf\xbd"),
    ("U+FFFE", b"\xef\xbf\xbe"), ("U+FFFF", b"\xef\xbf\xbf"), ("four bytes, first", b"\xf0\x90\x80\x80"),
    ("four bytes, last", b"\xf4\x8f\xbf\xbf"), ("U+1FFFE", b"\xf0\x9f\xbf\xbe"), ("a byte order mark", b"\xef\xbb\xbfx"),
    ("Greek", "κόσμε".encode()), ("mixed", "Hello-µ@ßöäüàá-UTF-8!! 日本 😀".encode()),
]

INVALID_TEXTS = [
    ("a continuation byte alone", b"\x80"), ("the last continuation byte alone", b"\xbf"),
    ("continuation bytes", bytes(range(0x80, 0xc0))), ("C0", b"\xc0 "), ("C1", b"\xc1\xbf"), ("F5", b"\xf5\x80\x80\x80"),
    ("FE", b"\xfe"), ("FF", b"\xff"), ("two bytes cut", b"\xc3"), ("three bytes cut", b"\xe6\x97"),
    ("four bytes cut", b"\xf0\x9f\x98"), ("two bytes broken", b"\xc3x"), ("three bytes broken", b"\xe6\x97x"),
    ("four bytes broken", b"\xf0\x9f\x98x"), ("overlong /, two bytes", b"\xc0\xaf"),
    ("overlong /, three bytes", b"\xe0\x80\xaf"), ("overlong /, four bytes", b"\xf0\x80\x80\xaf"),
    ("overlong NUL", b"\xc0\x80"), ("overlong U+07FF", b"\xe0\x9f\xbf"), ("overlong U+FFFF", b"\xf0\x8f\xbf\xbf"),
    ("the first surrogate", b"\xed\xa0\x80"), ("the last surrogate", b"\xed\xbf\xbf"),
    ("a pair of surrogates", b"\xed\xa0\xbd\xed\xb8\x80"), ("U+110000", b"\xf4\x90\x80\x80"),
    ("five bytes", b"\xf8\x88\x80\x80\x80"), ("six bytes", b"\xfc\x84\x80\x80\x80\x80"),
]


@pytest.mark.parametrize("content", [pytest.param(content, id=f"8.1 {name}") for name, content in VALID_TEXTS])
def test_text_comes_back_however_it_is_cut(echo, content):
    with connect(echo) as wire:
        wire.send(text(content))
        wire.expect((TEXT, content))
        for cut in range(1, len(content)):
            wire.send(text(content[:cut], fin=False), frame(PING), frame(CONTINUATION, content[cut:]))
            wire.expect((PONG, b""), (TEXT, content))
        wire.send(text(content), text(content), chop=1)
        wire.expect((TEXT, content), (TEXT, content))


@pytest.mark.parametrize("around", [(b"", b""), ("日本".encode(), b"")], ids=["alone", "behind text"])
@pytest.mark.parametrize("content", [pytest.param(content, id=f"8.1 {name}") for name, content in INVALID_TEXTS])
def test_what_is_not_utf8_fails_the_connection(echo, content, around):
    content = around[0] + content + around[1]
    for cut in range(len(content)):
        with connect(echo) as wire:
            if cut == 0:
                wire.send(text(content))
            else:
                wire.send(text(content[:cut], fin=False), frame(CONTINUATION, content[cut:]))
            wire.expect_failed(1007)


@pytest.mark.parametrize("content", [b"\xff", b"ok\xed\xa0", b"\xf4\x90", b"\xc0", b"\xe0\x80"])
def test_text_that_can_no_longer_be_utf8_is_not_waited_for_8_1(echo, content):
    with connect(echo) as wire:  # the message goes on, but need not
        wire.send(text(content, fin=False))
        wire.expect_failed(1007)
    with connect(echo) as wire:  # the frame goes on, but need not
        wire.send(frame(TEXT, content, length=1000))
        wire.expect_failed(1007)


# The closing handshake

GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


@pytest.mark.parametrize("code", GOOD_CODES, ids=[f"7.4 {code}" for code in GOOD_CODES])
@pytest.mark.parametrize("reason", [b"", b"bye", "日".encode() * 41], ids=["no reason", "a reason", "123 bytes"])
def test_a_close_is_answered_with_its_code_and_the_connection_ends(echo, code, reason):
    with connect(echo) as wire:
        wire.send(close(code, reason))
        opcode, payload = wire.next()
        assert opcode == CLOSE and payload[:2] == code.to_bytes(2, "big")
        wire.expect_end()


@pytest.mark.parametrize("code", BAD_CODES, ids=[f"7.4 {code}" for code in BAD_CODES])
@pytest.mark.parametrize("reason", [b"", b"bye"], ids=["no reason", "a reason"])
def test_a_close_code_that_must_not_be_sent_fails_the_connection(echo, code, reason):
    with connect(echo) as wire:
        wire.send(close(code, reason))
        wire.expect_failed(1002)


CLOSING = [
    ("5.5.1", "without a code", [close()], [(CLOSE, b"")]),
    ("5.5.1", "frames behind it are nobody's", [close(1000), text("x"), frame(PING, b"x")], [(CLOSE, b"\x03\xe8")]),
    ("5.5.1", "a second close behind it", [close(1000), close(1001)], [(CLOSE, b"\x03\xe8")]),
    ("5.5.1", "what is malformed behind it", [close(1000), b"\xff" * 100], [(CLOSE, b"\x03\xe8")]),
    ("5.5.1", "inside a message", [text("x", fin=False), close(1000)], [(CLOSE, b"\x03\xe8")]),
    ("5.5.1", "behind pings, which are answered first", [frame(PING, b"x"), frame(PING, b"y"), close(1000)],
     [(PONG, b"x"), (PONG, b"y"), (CLOSE, b"\x03\xe8")]),
]


@pytest.mark.parametrize("chop", [None, 1], ids=["whole", "byte by byte"])
@pytest.mark.parametrize("sent, answers", cases(CLOSING))
def test_a_close_ends_the_connection(echo, sent, answers, chop):
    with connect(echo) as wire:
        wire.send(*sent, chop=chop)
        wire.expect(*answers)
        wire.expect_end()  # 7.1.1: by the server, first


def test_the_next_connection_is_untouched_by_one_that_failed(echo):
    with connect(echo) as other:
        for bad in b"\xff" * 20, text("x", mask=False), close(1):
            with connect(echo) as wire:
                wire.send(bad)
                wire.expect_failed(1002)
        other.send(text("still here"))
        other.expect((TEXT, b"still here"))
