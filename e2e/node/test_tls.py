"""A node that speaks TLS itself: everything goes over https and wss, certificates are replaced while it runs, and what is
no proper handshake gets nothing."""

import contextlib
import signal
import socket
import ssl
import time
from pathlib import Path

import pytest
import requests

from certificates import Certificate
from harness import eventually
from services import free_port


@pytest.fixture
def certificate(tmp_path):
    return Certificate(tmp_path)


@pytest.fixture
def start_tls_node(start_node, certificate):
    def start(*flags):
        node = start_node("--tls-certificate", certificate.file, "--tls-key", certificate.key_file, *flags)
        node.certificate = certificate.file
        return node

    return start


def dial(node, context=None, **options):
    context = context or ssl.create_default_context(cafile=node.certificate)
    plain = socket.create_connection(("127.0.0.1", node.port), timeout=10)
    return context.wrap_socket(plain, server_hostname="127.0.0.1", **options)


def handshakes(port, outcome):
    wanted = f'orbit_tls_handshakes_total{{outcome="{outcome}"}} '
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    return next(int(float(line.removeprefix(wanted))) for line in text.splitlines() if line.startswith(wanted))


def test_everything_goes_over_tls(start_tls_node):
    node = start_tls_node()
    assert node.url.startswith("https://127.0.0.1:")
    ada = node.sign_in("ada@acme.test")
    (cookie,) = ada.http.cookies
    assert cookie.name == "__Host-orbit_session" and cookie.secure and cookie.path == "/"
    tabs = [ada.open_tab(), ada.open_tab(compression="deflate")]
    name = "x" * 80
    assert ada.patch("/v1/workspaces/acme", {"name": name}).status_code == 200
    assert [tab.next("workspace.updated")["workspace"]["name"] for tab in tabs] == [name] * 2
    assert tabs[0].ask({"type": "ping"})["type"] in ("reply", "pong")
    assert ada.snapshot()["workspace"]["name"] == name
    tabs[0].close()
    assert tabs[0].close_code == 1000
    assert node.stop() == 0
    assert tabs[1].wait_closed() == 1012


def test_an_address_is_the_clients_and_not_that_of_the_pump(start_tls_node):
    node = start_tls_node("--connections-per-address", "3")
    ada = node.sign_in("ada@acme.test")
    assert [session["address"] for session in ada.get("/v1/sessions").json()] == ["127.0.0.1"]
    held = [dial(node), dial(node)]
    with pytest.raises(OSError):
        dial(node)
    for connection in held:
        connection.close()
    eventually(lambda: ada.get("/v1/me").status_code == 200)


def test_plain_http_gets_nothing(start_tls_node):
    node = start_tls_node()
    with socket.create_connection(("127.0.0.1", node.port), timeout=10) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: orbit\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert b"HTTP/1.1 200" not in connection.recv(4096)


@pytest.mark.parametrize("version, is_spoken", [
    (ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
    (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)], ids=str)
def test_tls_is_spoken_from_1_2_on(start_tls_node, version, is_spoken):
    node = start_tls_node()
    context = ssl.create_default_context(cafile=node.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    if not is_spoken:
        with pytest.raises(ssl.SSLError):
            dial(node, context)
        return
    with dial(node, context) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: orbit\r\n\r\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("cipher", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"])
def test_ciphers_without_forward_secrecy_or_authentication_are_refused(start_tls_node, cipher):
    node = start_tls_node()
    context = ssl.create_default_context(cafile=node.certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{cipher}:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        dial(node, context)


def test_whoever_asks_for_a_protocol_gets_http_1_1_or_nothing(start_tls_node):
    node = start_tls_node()
    context = ssl.create_default_context(cafile=node.certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with dial(node, context) as connection:
        assert connection.selected_alpn_protocol() == "http/1.1"
    context.set_alpn_protocols(["h2"])
    with pytest.raises(ssl.SSLError):
        dial(node, context)


def test_a_handshake_that_never_ends_is_cut_off_and_counted(start_tls_node):
    metrics = free_port()
    node = start_tls_node("--metrics-listen", f"127.0.0.1:{metrics}")
    began = time.monotonic()
    halves = [socket.create_connection(("127.0.0.1", node.port), timeout=10) for _ in range(50)]
    for half in halves[25:]:
        half.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
    node.sign_in("ada@acme.test").open_tab()
    for half in halves:
        assert half.recv(1) == b""
        half.close()
    assert 4 < time.monotonic() - began < 9
    eventually(lambda: handshakes(metrics, "timed_out") == 50)
    with socket.create_connection(("127.0.0.1", node.port), timeout=10) as nonsense:
        nonsense.sendall(b"nonsense" * 10)
        with contextlib.suppress(ConnectionResetError):
            while nonsense.recv(4096):
                pass
    eventually(lambda: handshakes(metrics, "failed") == 1)
    assert handshakes(metrics, "succeeded") >= 2


def test_sighup_reads_the_certificate_again_and_a_bad_one_changes_nothing(start_tls_node, certificate):
    node = start_tls_node()
    tab = node.sign_in("ada@acme.test").open_tab()

    def served():
        return ssl.get_server_certificate(("127.0.0.1", node.port))

    assert served() == certificate.text
    before = certificate.text
    certificate.renew()
    assert served() == before
    node.process.send_signal(signal.SIGHUP)
    eventually(lambda: served() == certificate.text)

    good, other_key = certificate.text, Path(certificate.key_file).read_bytes()
    for damage in (lambda: Path(certificate.file).write_text("nonsense"),
                   lambda: (certificate.renew(), Path(certificate.key_file).write_text("nonsense")),
                   lambda: (certificate.renew(), Path(certificate.key_file).unlink()),
                   lambda: (certificate.renew(), Path(certificate.key_file).write_bytes(other_key))):
        errors = node.log.read_text().count("can't be used")
        damage()
        node.process.send_signal(signal.SIGHUP)
        eventually(lambda before=errors: node.log.read_text().count("can't be used") == before + 1)
        assert served() == good
    assert tab.ask({"type": "ping"})["type"] in ("reply", "pong")
    assert "PRIVATE KEY" not in node.log.read_text()
