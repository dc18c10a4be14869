"""HTTP and WebSockets spoken byte by byte, for what a well-behaved library won't send or show."""

import socket
import struct

KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13")


def raw_handshake(node, *lines, path="/v1/ws?workspace=acme", method="GET", version="HTTP/1.1"):
    """Sends a handshake as given and returns the status line and headers of the answer."""
    request = "\r\n".join([f"{method} {path} {version}", f"Host: 127.0.0.1:{node.port}", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", node.port), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            received = connection.recv(4096)
            if not received:
                break
            answer += received
    head = answer.split(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head[1:])}
    return int(head[0].split()[1]), headers


class RawSocket:
    """A WebSocket spoken byte by byte, for what a well-behaved library won't send."""

    def __init__(self, node, person, *lines, receive_buffer=None, segment=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if segment:  # small ones keep what the kernel buffers for the node small, too
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", node.port))
        self.socket.sendall("\r\n".join([
            "GET /v1/ws?workspace=acme HTTP/1.1", f"Host: 127.0.0.1:{node.port}", *UPGRADE, KEY,
            f"Origin: {node.url}", f"Cookie: {person.cookie}", *lines, "", ""]).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.socket.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head.split(b"\r\n")[0]

    def frame(self, opcode, payload=b"", fin=True, masked=True, rsv=0):
        length = len(payload)
        first = (0x80 if fin else 0) | rsv << 4 | opcode
        bit = 0x80 if masked else 0
        head = bytes([first, bit | length]) if length < 126 else bytes([first, bit | 126]) + struct.pack("!H", length)
        self.socket.sendall(head + (b"\0\0\0\0" if masked else b"") + payload)

    def _take(self, count):
        while len(self.buffer) < count:
            received = self.socket.recv(65536)
            if not received:
                raise EOFError
            self.buffer += received
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def next(self):
        first, second = self._take(2)
        length = second & 0x7f
        if length == 126:
            length = struct.unpack("!H", self._take(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._take(8))[0]
        self.deflated = first & 0x40 != 0
        return first & 0x0f, self._take(length)

    def answer(self):
        """The next frame that is no ping: the node pings when it likes."""
        frame = self.next()
        return frame if frame[0] != 9 else self.answer()

    def close_code(self):
        while True:
            opcode, payload = self.next()
            if opcode == 8:
                return struct.unpack("!H", payload[:2])[0]
