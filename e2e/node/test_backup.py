"""Backups of a SQLite database, made while people write, put back, and what tabs make of that."""

import subprocess
import threading

import pytest
import requests

from harness import BINARY, SqliteDatabase, durable
from test_crash import agree


def orbit(*arguments, **options):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, **options)


class Copy:
    """A backup, to be asked as a node is."""

    def __init__(self, path):
        self.query = SqliteDatabase(path).query


@pytest.fixture
def writers(node):
    """People who change things until the test is over or the node is."""
    done = threading.Event()
    answered = []

    def work(person, number):
        count = 0
        while not done.is_set():
            count += 1
            try:
                if count <= 40:
                    answer = person.post("/v1/workspaces/acme/teams", {"name": f"team {number} {count}"})
                    answered.append(answer.json()["id"])
                else:
                    person.patch("/v1/workspaces/acme", {"name": f"Acme {number} {count}"})
            except requests.exceptions.RequestException:
                return

    threads = [threading.Thread(target=work, args=(node.sign_in(email), number))
               for number, email in enumerate(("ada@acme.test", "grace@acme.test"))]
    for thread in threads:
        thread.start()

    def stop():
        done.set()
        for thread in threads:
            thread.join()

    yield answered, stop
    stop()


def test_a_backup_while_people_write_holds_every_command_answered_before_it(node, writers, tmp_path):
    answered, _ = writers
    for number in range(5):
        before = list(answered)
        file = tmp_path / f"backup{number}.db"
        made = orbit("backup", file, "--database", node.database.url)
        assert made.returncode == 0, made.stderr
        assert file.stat().st_mode & 0o777 == 0o600
        copy = Copy(file)
        agree(copy)
        assert set(before) <= {row[0] for row in copy.query("SELECT id FROM teams")}
    assert answered, "nobody wrote"


def test_a_restore_waits_for_no_node_and_gives_every_tab_a_fresh_start(node, ada, writers, tmp_path):
    _, stop_writing = writers
    backup = tmp_path / "backup.db"
    assert orbit("backup", backup, "--database", node.database.url).returncode == 0
    ada.patch("/v1/workspaces/acme", {"name": "After the backup"})
    stop_writing()
    seen = ada.snapshot()

    refused = orbit("restore", backup, "--database", node.database.url)
    assert refused.returncode == 1
    assert f"served by process {node.process.pid}" in refused.stderr
    assert ada.snapshot() == seen

    node.stop()
    restored = orbit("restore", backup, "--database", node.database.url)
    assert restored.returncode == 0, restored.stderr
    former = restored.stdout.split("the former database is now ")[1].strip()
    assert Copy(former).query("SELECT name FROM workspaces WHERE slug = 'acme'") == [("After the backup",)]

    node.restart()
    agree(node)
    tab = ada.open_tab(query=f"&after={seen['seq']}&epoch={seen['epoch']}")
    assert tab.next("resync")["reason"] == "epoch_changed"
    now = ada.snapshot()
    assert now["epoch"] != seen["epoch"]
    assert now["workspace"]["name"] != "After the backup"
    ada.patch("/v1/workspaces/acme", {"name": "Since the restore"})
    assert durable(tab.drain())[-1]["workspace"]["name"] == "Since the restore"


def test_two_nodes_do_not_serve_one_file(node):
    second = orbit("serve", "--listen", "127.0.0.1:0", "--database", node.database.url)
    assert second.returncode == 1
    assert f"served by process {node.process.pid}" in second.stderr


def test_a_killed_node_leaves_the_file_to_the_next(node, ada):
    node.kill()
    node.restart()
    assert ada.snapshot()


def test_postgresql_has_tools_of_its_own(tmp_path):
    for command in ("backup", "restore"):
        told = orbit(command, tmp_path / "file", "--database", "postgresql://orbit:secret@db/orbit")
        assert told.returncode == 1
        assert "pg_dump" in told.stderr and "restore-mark" in told.stderr and "secret" not in told.stderr
