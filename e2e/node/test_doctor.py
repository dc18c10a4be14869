"""What `orbit doctor` says of a healthy machine and of what is wrong with one."""

import contextlib
import json
import os
import pty
import socket
import sqlite3
import subprocess

from harness import BINARY, free_port


def doctor(*flags, **options):
    told = subprocess.run([BINARY, "doctor", "--json", *flags], capture_output=True, text=True, timeout=60, **options)
    assert told.stderr == "", told.stderr
    report = json.loads(told.stdout)
    assert told.returncode == (0 if report["well"] else 1)
    return {finding["what"]: finding for finding in report["findings"]}


def states(findings, *names):
    return [findings[name]["state"] for name in names]


def test_of_a_node_that_serves_all_is_well(node, tmp_path):
    findings = doctor("--listen", f"127.0.0.1:{node.port}", "--database", node.database.url)
    assert [finding for finding in findings.values() if finding["state"] == "wrong"] == []
    assert states(findings, "listen", "database", "schema", "log", "disk space", "WAL", "backplane") == ["ok"] * 7
    assert "Orbit node already" in findings["listen"]["says"]


def test_before_the_first_start_nothing_is_made(tmp_path):
    path = tmp_path / "var/orbit.db"
    findings = doctor("--listen", "127.0.0.1:0", "--database", f"sqlite:{path}")
    assert [finding for finding in findings.values() if finding["state"] == "wrong"] == []
    assert findings["database"]["state"] == "look" and "not there yet" in findings["database"]["says"]
    assert not path.parent.exists()


def test_each_thing_that_is_wrong_is_named_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        findings = doctor("--listen", f"127.0.0.1:{other.getsockname()[1]}", "--database", "mysql://root:hunter2@db/x",
                          "--web", str(tmp_path / "none"), "--public-origin", "app.example/path")
    assert states(findings, "listen", "database", "page", "origins") == ["wrong"] * 4
    for finding in findings.values():
        assert (finding["state"] == "ok") == (finding["advice"] == "")
        assert "hunter2" not in json.dumps(finding)


def test_a_damaged_file_and_a_log_with_a_gap_are_wrong(start_node):
    node = start_node()
    ada = node.sign_in("ada@acme.test")
    for number in range(20):
        ada.post("/v1/workspaces/acme/teams", {"name": f"team {number}"})
    node.stop()
    with contextlib.closing(sqlite3.connect(node.database.path)) as database, database:
        database.execute("DELETE FROM event_log WHERE seq = (SELECT max(seq) - 3 FROM event_log)")
    findings = doctor("--listen", "127.0.0.1:0", "--database", node.database.url)
    assert findings["log"]["state"] == "wrong" and "gaps" in findings["log"]["says"]
    with node.database.path.open("r+b") as file:
        for page in range(2, node.database.path.stat().st_size // 4096, 2):
            file.seek(page * 4096)
            file.write(b"x" * 4096)
    findings = doctor("--listen", "127.0.0.1:0", "--database", node.database.url)
    assert findings["database"]["state"] == "wrong" and "damaged" in findings["database"]["says"]


def test_an_event_from_the_future_is_to_be_looked_at(start_node):
    node = start_node()
    node.stop()
    with contextlib.closing(sqlite3.connect(node.database.path)) as database, database:
        database.execute("UPDATE event_log SET occurred_at = occurred_at + 86400000")
    findings = doctor("--listen", "127.0.0.1:0", "--database", node.database.url)
    assert findings["newest event"]["state"] == "look" and "future" in findings["newest event"]["advice"]


def test_few_descriptors_are_told_against_the_connections_that_are_allowed(tmp_path):
    limited = ["prlimit", "--nofile=2000:2000"]
    told = subprocess.run([*limited, BINARY, "doctor", "--json", "--listen", "127.0.0.1:0", "--shards", "2",
                           "--max-connections", "5000", "--database", f"sqlite:{tmp_path / 'orbit.db'}"],
                          capture_output=True, text=True)
    finding = next(f for f in json.loads(told.stdout)["findings"] if f["what"] == "descriptors")
    assert finding["state"] == "look"
    assert "2000" in finding["says"] and "10200" in finding["advice"] and "900" in finding["advice"]


def test_a_certificate_is_read_and_told_of_before_it_expires(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"

    def ask(days):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=orbit.test", "-days",
                        str(days), "-keyout", key, "-out", certificate], check=True, capture_output=True)
        return doctor("--listen", "127.0.0.1:0", "--database", f"sqlite:{tmp_path / 'orbit.db'}", "--tls-certificate",
                      str(certificate), "--tls-key", str(key))

    assert ask(90)["TLS"]["state"] == "ok"
    soon = ask(3)["TLS"]
    assert soon["state"] == "look" and "SIGHUP" in soon["advice"]
    certificate.write_text("no certificate")
    wrong = doctor("--listen", "127.0.0.1:0", "--database", f"sqlite:{tmp_path / 'orbit.db'}", "--tls-certificate",
                   str(certificate), "--tls-key", str(key))
    assert wrong["TLS"]["state"] == "wrong"


def test_a_backplane_that_cannot_be_reached_is_wrong():
    findings = doctor("--listen", "127.0.0.1:0", "--database", f"postgresql://orbit@127.0.0.1:{free_port()}/orbit",
                      "--backplane", f"redis://127.0.0.1:{free_port()}")
    assert states(findings, "database", "backplane") == ["wrong", "wrong"]
    assert "redis" in findings["backplane"]["says"]


def test_on_a_terminal_it_is_coloured_and_in_a_pipe_it_is_not(tmp_path):
    flags = [BINARY, "doctor", "--listen", "127.0.0.1:0", "--database", f"sqlite:{tmp_path / 'orbit.db'}"]
    assert b"\x1b[" not in subprocess.run(flags, capture_output=True).stdout
    ours, its = pty.openpty()
    subprocess.run(flags, stdout=its)
    os.close(its)
    text = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(ours, 65536):
            text += chunk
    os.close(ours)
    assert b"\x1b[32mok" in text
