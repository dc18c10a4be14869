"""What the node says and does when its SQLite file is damaged, foreign, read-only, locked, or the disk is full."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest

from harness import BINARY, Node, SqliteDatabase, durable, eventually
from test_crash import agree


def serve(database, *flags, before=()):
    """A node that is expected to refuse."""
    return subprocess.run(
        [*before, BINARY, "serve", "--listen", "127.0.0.1:0", "--database", f"sqlite:{database}", *flags],
        capture_output=True, text=True, timeout=60)


def refusal(database, **options):
    answer = serve(database, **options)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert str(database) in answer.stderr, answer.stderr
    assert answer.stderr.count("orbit: ") == 1, answer.stderr
    return answer.stderr


@pytest.fixture
def stopped(start_node):
    """The file of a node that was stopped, with something in it."""
    node = start_node()
    ada = node.sign_in("ada@acme.test")
    for number in range(30):
        ada.post("/v1/workspaces/acme/teams", {"name": f"team {number}"})
    assert node.stop() == 0
    return node


def mount(folder, *what):
    folder.mkdir(exist_ok=True)
    if subprocess.run(["mount", *what, folder], capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")


@contextlib.contextmanager
def mounted(folder, size):
    """A small disk of its own."""
    mount(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class DiskThatBreaks:
    """One with a file system that the kernel makes read-only on an error, as it does with most."""

    def __init__(self, folder, image):
        self.folder = folder
        self.image = image
        with image.open("wb") as file:
            file.truncate(32 * 1024 * 1024)
        subprocess.run(["/usr/sbin/mkfs.ext4", "-q", image], check=True, capture_output=True)
        self.plug_in()

    def plug_in(self):
        mount(self.folder, "-o", "loop,errors=remount-ro", self.image)

    def fail(self):
        device = next(line.split()[0] for line in Path("/proc/mounts").read_text().splitlines() if str(self.folder) in line)
        Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("a test")

    def repair(self):
        self.close()
        assert subprocess.run(["/usr/sbin/e2fsck", "-fy", self.image], capture_output=True).returncode <= 1, "beyond repair"
        self.plug_in()

    def close(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


def node_on(disk, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    node = Node(logs, "--heartbeat", "300ms")
    node.database = SqliteDatabase(disk / "orbit.db")
    return node


def change(person, text):
    return person.patch("/v1/workspaces/acme", {"name": text})


# Before serving


def test_a_damaged_file_is_refused_with_the_way_out_and_a_restore_takes_it(stopped, tmp_path):
    path = stopped.database.path
    backup = tmp_path / "backup.db"
    subprocess.run([BINARY, "backup", backup, "--database", stopped.database.url], check=True, capture_output=True)
    pages = path.stat().st_size // 4096
    with path.open("r+b") as file:
        for page in range(2, pages, 3):
            file.seek(4096 * page)
            file.write(os.urandom(4096))
    told = refusal(path)
    assert "damaged" in told and "orbit restore" in told and ".recover" in told
    second = tmp_path / "second.db"
    refused = subprocess.run([BINARY, "backup", second, "--database", stopped.database.url], capture_output=True, text=True)
    assert refused.returncode == 1 and "damaged" in refused.stderr and not second.exists()
    subprocess.run([BINARY, "restore", backup, "--database", stopped.database.url], check=True, capture_output=True)
    stopped.start()
    assert len(stopped.sign_in("ada@acme.test").snapshot()["teams"]) == 32
    agree(stopped)


@pytest.mark.parametrize("content", [b"this is text, whatever its name says. " * 500, b"\0" * 20_000])
def test_what_is_no_database_is_refused_and_stays_as_it_is(tmp_path, content):
    path = tmp_path / "orbit.db"
    path.write_bytes(content)
    assert "no SQLite database" in refusal(path)
    assert path.read_bytes() == content


def test_a_database_of_a_newer_program_is_refused(stopped):
    with contextlib.closing(sqlite3.connect(stopped.database.path)) as database, database:
        database.execute("INSERT INTO schema_migrations VALUES (9999, '9999_from_the_future', 'x', 0)")
    answer = serve(stopped.database.path)
    assert answer.returncode == 1
    assert "newer orbit" in answer.stderr and "9999_from_the_future" in answer.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="it takes two users")
def test_a_file_or_folder_that_may_not_be_written_is_refused(stopped, tmp_path):
    somebody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    folder = tmp_path / "shared"
    if subprocess.run([*somebody, "test", "-x", BINARY], check=False).returncode:
        pytest.skip("the program is for its owner only")
    for part in (tmp_path, *list(tmp_path.parents)[:2]):
        part.chmod(0o755)
    folder.mkdir()
    path = folder / "orbit.db"
    shutil.copy(stopped.database.path, path)
    assert "can't be opened for writing" in refusal(path, before=somebody)
    folder.chmod(0o777)
    assert "can't be written" in refusal(path, before=somebody)


def test_a_file_system_that_is_mounted_read_only_is_refused(stopped, tmp_path):
    with mounted(tmp_path / "disk", "8m") as disk:
        shutil.copy(stopped.database.path, disk / "orbit.db")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        assert "Read-only file system" in refusal(disk / "orbit.db")


# While serving


def test_a_full_disk_fails_commands_only_and_all_agrees_once_there_is_room(tmp_path):
    with mounted(tmp_path / "disk", "6m") as disk:
        node = node_on(disk, tmp_path).start()
        try:
            ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
            tab = grace.open_tab()
            for number in range(3):
                assert ada.post("/v1/workspaces/acme/teams", {"name": f"team {number}"}).status_code == 201
            filler = disk / "filler"
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 4096)

            answers = []
            eventually(lambda: answers.append(change(ada, f"Full {len(answers)}")) or answers[-1].status_code != 200)
            assert answers[-1].status_code == 507
            assert answers[-1].json()["code"] == "database.full"
            changed = len(answers) - 1
            assert change(ada, "Still full").status_code == 507
            snapshot = ada.snapshot()
            assert snapshot["workspace"]["name"] == (f"Full {changed - 1}" if changed else "Acme")
            late = grace.open_tab()
            assert late.hello["seq"] == snapshot["seq"]
            assert tab.ask({"type": "presence.away"})["type"] == "reply"

            filler.unlink()
            assert change(ada, "Room again").status_code == 200
            for each in (tab, late):
                assert durable(each.drain())[-1]["workspace"]["name"] == "Room again"
            seqs = [frame["seq"] for frame in durable(tab.seen)]
            assert seqs == list(range(tab.hello["seq"] + 1, tab.hello["seq"] + 1 + 3 + changed + 1))
            agree(node)
            eventually(lambda: node.query("SELECT count(*) FROM streams WHERE published_seq < seq") == [(0,)])
            assert node.stop() == 0
            node.restart()
            assert ada.snapshot()["workspace"]["name"] == "Room again"
        finally:
            node.kill()


def test_a_disk_that_turns_read_only_fails_commands_only_and_nothing_is_lost_once_it_is_repaired(tmp_path):
    disk = DiskThatBreaks(tmp_path / "disk", tmp_path / "image")
    with contextlib.closing(disk):
        node = node_on(disk.folder, tmp_path).start()
        try:
            ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
            tab = grace.open_tab()
            assert change(ada, "Before").status_code == 200
            disk.fail()
            answers = [change(ada, f"Read-only {number}") for number in range(5)]
            assert {(answer.status_code, answer.json()["code"]) for answer in answers} <= {
                (503, "database.unavailable"), (503, "database.read_only")}
            assert ada.snapshot()["workspace"]["name"] == "Before"
            assert tab.ask({"type": "presence.away"})["type"] == "reply"
            assert [frame["workspace"]["name"] for frame in durable(tab.seen)] == ["Before"]
            assert node.stop() == 0

            disk.repair()
            node.restart()
            assert ada.snapshot()["workspace"]["name"] == "Before"
            assert change(ada, "Repaired").status_code == 200
            agree(node)
        finally:
            node.kill()


def test_a_limit_on_the_size_of_files_does_not_end_the_node(start_node):
    node = start_node()
    ada = node.sign_in("ada@acme.test")
    log = node.database.path.with_name("orbit.db-wal").stat().st_size
    subprocess.run(["prlimit", "--pid", str(node.process.pid), f"--fsize={log}:"], check=True)
    answer = change(ada, "x" * 60)
    answers = [answer] + [change(ada, f"{number}" * 30) for number in range(50)]
    failed = [answer for answer in answers if answer.status_code != 200]
    assert failed and {answer.status_code for answer in failed} <= {503, 507}
    assert ada.snapshot()
    subprocess.run(["prlimit", "--pid", str(node.process.pid), "--fsize=unlimited:"], check=True)
    assert change(ada, "Unlimited").status_code == 200
    agree(node)


def test_another_program_that_locks_the_file_for_long_makes_commands_busy_and_no_more(node, ada, grace):
    tab = grace.open_tab()
    with contextlib.closing(sqlite3.connect(node.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answers = []
        writers = [threading.Thread(target=lambda: answers.append(change(ada, "Locked"))) for _ in range(4)]
        for writer in writers:
            writer.start()
        assert ada.snapshot()["workspace"]["name"] == "Acme"
        assert tab.ask({"type": "presence.away"})["type"] == "reply"
        assert grace.open_tab().hello
        for writer in writers:
            writer.join()
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "database.busy")] * 4
        assert all(answer.headers["Retry-After"] for answer in answers)
        other.execute("ROLLBACK")
    assert change(ada, "Free").status_code == 200
    assert durable(tab.drain())[-1]["workspace"]["name"] == "Free"
    agree(node)
