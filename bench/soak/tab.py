"""One browser tab, as cheap as Python allows: a WebSocket over asyncio that checks what it is sent and counts it."""

import asyncio
import json
import struct
import zlib

HANDSHAKE = ("GET /v1/ws?workspace={slug}{cursor} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extensions}\r\n")
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def masked(opcode, payload=b""):
    """With a key of zeros, so that there is nothing to mask."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else bytes([0x80 | opcode, 0xFE]) + struct.pack("!H", size)
    return head + b"\0\0\0\0" + payload


def inflated(payload):
    return zlib.decompressobj(-15).decompress(payload + b"\0\0\xff\xff")


class Tab(asyncio.Protocol):
    """`listener` hears of each frame and of the end: on_frame(tab, frame), on_end(tab, code); code None where the
    connection just broke, or the HTTP status of a refusal."""

    def __init__(self, place, person, listener, cursor=None, deflate=False):
        self.place = place
        self.person = person
        self.cursor = cursor  # (epoch, seq)
        self.hello = None
        self.leaving = False  # by its own will
        self._listener = listener
        self._deflate = deflate
        self._buffer = bytearray()
        self._upgraded = False
        self._ended = False
        self._transport = None

    def connection_made(self, transport):
        self._transport = transport
        cursor = f"&after={self.cursor[1]}&epoch={self.cursor[0]}" if self.cursor else ""
        transport.write(HANDSHAKE.format(slug=self.place.slug, cursor=cursor, host=self.place.host,
                                         cookie=self.person.cookie,
                                         extensions=DEFLATE if self._deflate else "").encode())

    def data_received(self, data):
        self._buffer += data
        if not self._upgraded and not self._read_answer():
            return
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def connection_lost(self, _error):
        self._end(None)

    def say(self, frame):
        if self._transport and not self._transport.is_closing():
            self._transport.write(masked(TEXT, json.dumps(frame).encode()))

    def leave(self):
        """As a tab that is closed."""
        self.leaving = True
        self._transport.write(masked(CLOSE, struct.pack("!H", 1000)))

    def vanish(self):
        """As a tab whose network is gone."""
        self.leaving = True
        self._transport.abort()

    def _read_answer(self):
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        status = int(self._buffer[9:12])
        del self._buffer[:end + 4]
        if status != 101:
            self._end(status)
            self._transport.close()
            return False
        self._upgraded = True
        return True

    def _next_frame(self):
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, start = buffer[1] & 0x7F, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(buffer) < 2 + width:
                return None
            size, start = int.from_bytes(buffer[2:2 + width], "big"), 2 + width
        if len(buffer) < start + size:
            return None
        first, payload = buffer[0], bytes(buffer[start:start + size])
        del buffer[:start + size]
        return first, payload

    def _take(self, first, payload):
        opcode = first & 0x0F
        if opcode == PING:
            self._transport.write(masked(PONG, payload))
        elif opcode == CLOSE:
            self._end(struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005)
            self._transport.close()
        elif opcode == TEXT:
            frame = json.loads(inflated(payload) if first & 0x40 else payload)
            if frame["type"] == "hello":
                self.hello = frame
            self._listener.on_frame(self, frame)
            if "seq" in frame:
                epoch = frame.get("epoch") or (self.cursor[0] if self.cursor else self.hello["epoch"])
                self.cursor = (epoch, frame["seq"])

    def _end(self, code):
        if not self._ended:
            self._ended = True
            self._listener.on_end(self, code)
