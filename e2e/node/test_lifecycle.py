"""Starting, stopping and the other commands of the program."""

import json
import os
import re
import subprocess
from types import SimpleNamespace

import requests

from harness import BINARY, PASSWORD, Person, Refused, Tab, eventually


def run(*arguments, **options):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=30, **options)


def test_sigterm_tells_the_sockets_1012_and_exits_with_0(node, ada, alan):
    tabs = [ada.open_tab(), alan.open_tab()]
    assert node.stop() == 0
    assert [tab.wait_closed() for tab in tabs] == [1012, 1012]


def test_a_restart_keeps_sessions_and_state(node, ada):
    ada.patch("/v1/workspaces/acme", {"name": "Kept"})
    assert node.stop() == 0
    node.restart()
    assert ada.snapshot()["workspace"]["name"] == "Kept"


def test_a_node_tells_tabs_its_name_if_it_has_one(start_node):
    nameless, named = start_node(), start_node("--node-name", "b-2.example")
    assert "node" not in nameless.sign_in("ada@acme.test").open_tab().hello
    assert named.sign_in("ada@acme.test").open_tab().hello["node"] == "b-2.example"


def test_a_node_that_drains_refuses_handshakes_with_503(start_node):
    node = start_node("--drain", "5s")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    node.process.terminate()
    eventually(lambda: _ready(node) != 200)
    try:
        ada.open_tab()
        raise AssertionError("the handshake was let in")
    except Refused as refusal:
        assert refusal.status == 503 and refusal.headers["Retry-After"]
    except OSError:
        pass  # the listener is closed already: also a refusal
    assert tab.wait_closed() == 1012
    assert node.process.wait(10) == 0


def _ready(node):
    try:
        return requests.get(f"{node.url}/readyz", timeout=5).status_code
    except requests.exceptions.ConnectionError:
        return None


def test_health_and_readiness_answer(node, ada):
    assert ada.get("/healthz").status_code == 200
    assert ada.get("/readyz").status_code == 200


def test_migrate_and_seed_make_a_database_that_serve_takes_over(tmp_path):
    url = f"sqlite:{tmp_path / 'orbit.db'}"
    assert run("migrate", "--database", url).returncode == 0
    seeded = run("seed", "--database", url)
    assert seeded.returncode == 0, seeded.stderr
    again = run("seed", "--database", url)
    assert "acme" in (again.stdout + again.stderr)


def test_a_bad_flag_is_named(tmp_path):
    for arguments, word in [
        (("serve", "--presence-grace", "soon"), "presence-grace"),
        (("serve", "--database", "mysql://x"), "database"),
        (("serve", "--listen", "nowhere"), "listen"),
        (("serve", "--no-such-flag"), "no-such-flag"),
    ]:
        answer = run(*arguments, cwd=tmp_path)
        assert answer.returncode != 0
        assert word in answer.stderr + answer.stdout


def test_a_port_in_use_and_a_broken_database_are_said_in_one_sentence(node, tmp_path):
    taken = run("serve", "--listen", f"127.0.0.1:{node.port}", "--database", f"sqlite:{tmp_path / 'a.db'}")
    assert taken.returncode == 1 and str(node.port) in taken.stderr
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database at all, whatever its name says" * 100)
    refused = run("serve", "--listen", "127.0.0.1:0", "--database", f"sqlite:{broken}")
    assert refused.returncode == 1 and "broken.db" in refused.stderr


def test_environment_and_file_configure_what_flags_do_not(tmp_path):
    config = tmp_path / "orbit.toml"
    config.write_text('heartbeat = "7s"\nlisten = "127.0.0.1:0"\n')
    environment = os.environ | {"ORBIT_DATABASE": f"sqlite:{tmp_path / 'orbit.db'}"}
    process = subprocess.Popen([BINARY, "--config", config, "serve", "--demo"], env=environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        url = next(line.split()[-1] for line in process.stdout if line.startswith("listening on"))
        running = SimpleNamespace(url=url, port=int(url.rsplit(":", 1)[1]))
        ada = Person(running)
        ada.post("/v1/session", {"email": "ada@acme.test", "password": PASSWORD})
        assert Tab(running, "acme", cookie=ada.cookie).hello["heartbeatMs"] == 7000
    finally:
        process.kill()


def test_watch_prints_each_event_as_a_line_of_json_in_a_pipe(node, ada):
    watch = subprocess.Popen(
        [BINARY, "watch", "--url", node.url, "--workspace", "acme", "--as", "grace@acme.test"], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"ORBIT_PASSWORD": PASSWORD})
    try:
        assert json.loads(watch.stdout.readline())["type"] == "hello"
        ada.patch("/v1/workspaces/acme", {"name": "Watched"})
        event = json.loads(watch.stdout.readline())
        assert (event["type"], event["workspace"]["name"]) == ("workspace.updated", "Watched")
    finally:
        watch.kill()


def test_the_log_holds_no_secret(node, ada):
    token = ada.http.cookies["orbit_session"]
    invite = ada.post("/v1/workspaces/acme/invites", {"email": "new@example.test"}).json()["token"]
    ada.post("/v1/session", {"email": "ada@acme.test", "password": "a-wrong-password"})
    ada.open_tab().close()
    assert node.stop() == 0
    log = node.log.read_text()
    for secret in (token, invite, PASSWORD, "a-wrong-password"):
        assert secret not in re.sub(r"^.*everyone's password is.*$", "", log, flags=re.MULTILINE | re.IGNORECASE)
