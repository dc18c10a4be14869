"""Measures the time from the first byte of an HTTP command to the frame at another tab: script/latency runs it."""

import argparse
import base64
import os
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the services

from harness import Node  # noqa: E402


def open_socket(node, person):
    connection = socket.create_connection(("127.0.0.1", node.port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(f"GET /v1/ws?workspace=acme HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\nConnection: Upgrade\r\n"
                       f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                       f"Origin: {node.url}\r\nCookie: {person.cookie}\r\n\r\n".encode())
    received = b""
    while b'"hello"' not in received or received[-1:] != b"}":
        received += connection.recv(65536)
    return connection


def measure(commands, tabs, directory):
    node = Node(directory, "--heartbeat", "1h").start()  # no pings among the frames
    try:
        ada, alan = node.sign_in("ada@acme.test"), node.sign_in("alan@acme.test")
        others = [open_socket(node, alan) for _ in range(tabs - 1)]
        watcher = open_socket(node, alan)
        command = socket.create_connection(("127.0.0.1", node.port))
        command.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        took = []
        for number in range(commands + 50):
            body = b'{"name":"Acme %d"}' % number
            request = (f"PATCH /v1/workspaces/acme HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\nOrigin: {node.url}\r\n"
                       f"Cookie: {ada.cookie}\r\nContent-Type: application/json\r\n"
                       f"Content-Length: {len(body)}\r\n\r\n").encode() + body
            start = time.perf_counter()
            command.sendall(request)
            frame = watcher.recv(65536)
            took.append((time.perf_counter() - start) * 1000)
            assert body[9:-2] in frame, frame
            answer = command.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200"), answer
            for other in others:
                other.recv(65536)
        return sorted(took[50:])
    finally:
        node.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=2000)
    parser.add_argument("--tabs", type=int, default=1, help="tabs open on the workspace, at most 50")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        took = measure(arguments.commands, arguments.tabs, directory)
    percentile = lambda p: took[min(len(took) - 1, int(len(took) * p / 100))]
    print(f"{len(took)} commands, {arguments.tabs} tab(s): HTTP request to frame at another tab, in ms")
    print(f"  p50 {percentile(50):.2f}   p90 {percentile(90):.2f}   p99 {percentile(99):.2f}   "
          f"max {took[-1]:.2f}   mean {statistics.mean(took):.2f}")


if __name__ == "__main__":
    main()
