"""What every answer tells browsers, whoever asked for whatever: that it is in nobody else's page, and what a page may load."""

import pytest
import requests

from raw_socket import KEY, UPGRADE, raw_handshake

ROUTES = [("GET", "/v1/me", 200), ("GET", "/v1/workspaces/acme", 200), ("GET", "/v1/workspaces/none", 404),
          ("GET", "/v1/nothing", 404), ("PUT", "/v1/me", 405), ("DELETE", "/v1/sessions/x", 404), ("OPTIONS", "/v1/me", 204),
          ("GET", "/healthz", 200), ("GET", "/nothing.js", 404), ("GET", "/v1/%00", 400)]


@pytest.fixture
def page(tmp_path):
    (tmp_path / "web/assets").mkdir(parents=True)
    (tmp_path / "web/index.html").write_text("<!doctype html><title>A page</title>")
    (tmp_path / "web/assets/app.js").write_text("export {};")
    return tmp_path / "web"


def assert_for_own_use(headers):
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Server" not in headers


@pytest.mark.parametrize("method, path, status", ROUTES)
def test_an_answer_of_the_api_is_no_page_and_in_nobodys_page(ada, method, path, status):
    answer = ada.request(method, path)
    assert answer.status_code == status
    assert_for_own_use(answer.headers)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    if answer.content:
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")


def test_what_is_refused_before_it_is_a_request_says_so_too(node):
    answer = requests.post(f"{node.url}/v1/session", data=b"x" * 100_000, timeout=10)
    assert answer.status_code == 413
    assert_for_own_use(answer.headers)


def test_a_refused_handshake_says_so_too(node):
    status, headers = raw_handshake(node, *UPGRADE, KEY, "Origin: https://evil.example")
    assert status == 403
    assert_for_own_use({name.title(): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/", "/w/acme", "/assets/app.js"])
def test_the_page_loads_nothing_from_elsewhere_and_is_framed_by_itself_only(start_node, page, path):
    node = start_node("--web", str(page))
    answer = requests.get(node.url + path, timeout=10)
    assert answer.status_code == 200
    assert_for_own_use(answer.headers)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == policy["frame-ancestors"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
