"""WebSockets spoken byte by byte, by nobody's library."""

import os
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PATIENCE = 10.0

HANDSHAKE = {
    "Host": "127.0.0.1",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}


def request_bytes(headers, method="GET", version="HTTP/1.1", path="/"):
    """A header may be a string, several of them, or None: left out."""
    lines = [f"{method} {path} {version}"]
    for name, values in headers.items():
        for value in values if isinstance(values, list) else [values]:
            if value is not None:
                lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode()


def masked(payload, key):
    wide = key * (len(payload) // 4 + 1)
    return bytes(a ^ b for a, b in zip(payload, wide)) if any(key) else payload


def frame(opcode, payload=b"", fin=True, rsv=0, key=None, mask=True, length=None, size=None):
    """`size` is how many bytes the length takes (0, 2 or 8), the least that does it unless told; `length` is a false one."""
    length = len(payload) if length is None else length
    size = size if size is not None else 0 if length < 126 else 2 if length < 65536 else 8
    short = {0: length, 2: 126, 8: 127}[size]
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode, (0x80 if mask else 0) | short])
    head += {0: b"", 2: struct.pack("!H", length & 0xFFFF), 8: struct.pack("!Q", length)}[size]
    if not mask:
        return head + payload
    key = os.urandom(4) if key is None else key
    return head + key + masked(payload, key)


def text(content, **options):
    return frame(TEXT, content.encode() if isinstance(content, str) else content, **options)


def close(code=None, reason=b"", **options):
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason, **options)


class Ended(Exception):
    """The server has closed its half of the connection."""


class Wire:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *pieces, chop=None):
        """`chop`: in pieces of so many bytes."""
        data = b"".join(pieces)
        for at in range(0, len(data), chop or max(1, len(data))):
            try:
                self.socket.sendall(data[at:at + (chop or len(data))])
            except ConnectionError:
                return  # it has heard enough

    def _receive(self):
        try:
            received = self.socket.recv(65536)
        except ConnectionResetError:
            received = b""
        if not received:
            raise Ended
        self.buffer += received

    def _take(self, count):
        while len(self.buffer) < count:
            self._receive()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def head(self):
        """The status and the headers of an answer to a handshake."""
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode().split("\r\n")
        self.headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        return int(first.split()[1])

    def next(self):
        """The next frame that is not one of the server's own pings, which come when it likes."""
        while (found := self.next_of_all()) == (PING, b""):
            pass
        return found

    def next_of_all(self):
        """(opcode, payload) of the next frame, which must be one that a server may send; `rsv` has its bits."""
        first, second = self._take(2)
        assert second & 0x80 == 0, "5.1: a server must not mask"
        assert first & 0x80, "this server doesn't fragment"
        length = second
        if length == 126:
            length, = struct.unpack("!H", self._take(2))
            assert length > 125, "5.2: the least number of bytes for a length"
        elif length == 127:
            length, = struct.unpack("!Q", self._take(8))
            assert length > 65535, "5.2: the least number of bytes for a length"
        opcode, self.rsv = first & 0x0F, first >> 4 & 7
        assert opcode < 8 or length < 126, "5.5: a control frame of at most 125 bytes"
        return opcode, self._take(length)

    def expect(self, *frames):
        for expected in frames:
            assert self.next() == expected

    def expect_end(self):
        try:
            found = self.next_of_all()
        except Ended:
            return
        raise AssertionError(f"nothing may come behind a close frame, but there is {found}")

    def expect_failed(self, code):
        """7.1.7: the connection is failed with this code, and nothing comes behind it."""
        opcode, payload = self.next()
        assert opcode == CLOSE, (opcode, payload)
        assert struct.unpack("!H", payload[:2])[0] == code, payload
        payload[2:].decode()
        self.expect_end()


def connect(port, **headers):
    wire = Wire(port)
    wire.send(request_bytes(HANDSHAKE | {name.replace("_", "-"): value for name, value in headers.items()}))
    assert wire.head() == 101, wire.headers
    return wire
