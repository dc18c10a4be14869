"""Nodes on PostgreSQL: when it goes and comes back, behind PgBouncer, and when several share it."""

import json
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness import BINARY, Node, durable, eventually
from services import PgBouncer, PostgreSQL


@pytest.fixture(scope="module")
def postgresql():
    server = PostgreSQL().start()
    yield server
    server.close()


@pytest.fixture
def database(postgresql):
    return postgresql.create_database()


@pytest.fixture
def start_on(tmp_path):
    """Starts nodes on the database of that URL, and ends them with the test."""
    nodes = []

    def make(url, *flags, **options):
        directory = tmp_path / f"node{len(nodes)}"
        directory.mkdir()
        nodes.append(Node(directory, "--database", url, *flags, **options))
        return nodes[-1]

    def start(url, *flags, **options):
        return make(url, *flags, **options).start()

    start.make = make
    yield start
    for node in nodes:
        node.kill_if_running()


def add_team(person, name):
    return person.post("/v1/workspaces/acme/teams", {"name": name})


def created(tab):
    return [frame["team"]["name"] for frame in durable(tab.drain()) if frame["type"] == "team.created"]


def test_sockets_outlive_a_crash_of_the_server_and_get_every_event(postgresql, database, start_on):
    node = start_on(database)
    ada, alan = node.sign_in("ada@acme.test"), node.sign_in("alan@acme.test")
    tab = alan.open_tab()
    answered, refused = [], []
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            answer = add_team(ada, f"Team {number}")
            (answered if answer.status_code == 201 else refused).append((f"Team {number}", answer))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: len(answered) > 20)
    postgresql.restart_immediately()
    before = len(answered)
    eventually(lambda: len(answered) > before + 20)
    stop.set()
    writer.join()

    assert refused, "while it was gone, commands were refused"
    for _, answer in refused:
        problem = answer.json()
        assert answer.status_code == 503, answer.text
        assert problem["code"] in ("database.unavailable", "database.outcome_unknown")
        if problem["code"] == "database.unavailable":
            assert answer.headers["Retry-After"] == "1"
    assert not tab.closed.is_set()
    add_team(ada, "The last")
    while "The last" not in (names := [frame["team"]["name"] for frame in durable(tab.seen)
                                       if frame["type"] == "team.created"]):
        tab.next("team.created")
    assert {name for name, _ in answered} <= set(names)
    # What nobody knows the outcome of may be there; what was said to have changed nothing may not.
    unknown = {name for name, answer in refused if answer.json()["code"] == "database.outcome_unknown"}
    assert set(names) - {"The last"} - {name for name, _ in answered} <= unknown
    seqs = [frame["seq"] for frame in durable(tab.seen)]
    assert seqs == sorted(set(seqs))
    log = node.log.read_text()
    assert log.count("database: lost") == 1
    assert log.count("database: back") == 1


def test_requests_are_refused_at_once_while_there_is_no_server(postgresql, database, start_on):
    node = start_on(database)
    ada = node.sign_in("ada@acme.test")
    postgresql.stop()
    try:
        for _ in range(3):
            begun = time.monotonic()
            answer = ada.get("/v1/workspaces/acme")
            assert time.monotonic() - begun < 1
            assert answer.status_code == 503
            assert answer.json()["code"] == "database.unavailable"
            assert answer.headers["Retry-After"] == "1"
    finally:
        postgresql.restart()
    eventually(lambda: ada.get("/v1/workspaces/acme").status_code == 200)


def test_a_server_that_stands_still_holds_nobody_up_for_long(postgresql, database, start_on):
    node = start_on(database + "?statement_timeout=500ms")
    ada = node.sign_in("ada@acme.test")
    tab = ada.open_tab()
    postgresql.freeze()
    try:
        for refused in (add_team(ada, "Stuck"), add_team(ada, "Stuck again")):
            assert refused.status_code == 503, refused.text
    finally:
        postgresql.thaw()
    eventually(lambda: add_team(ada, "Thawed").status_code == 201)
    assert "Thawed" in [tab.next("team.created")["team"]["name"] for _ in range(len(ada.snapshot()["teams"]) - 2)]


def test_a_statement_that_takes_too_long_is_503_and_changes_nothing(postgresql, database, start_on):
    node = start_on(database + "?statement_timeout=200ms")
    ada = node.sign_in("ada@acme.test")
    postgresql.query("CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS "
                     "'BEGIN PERFORM pg_sleep(5); RETURN NEW; END'; "
                     "CREATE TRIGGER doze BEFORE INSERT ON teams FOR EACH ROW WHEN (NEW.name = 'Slow') "
                     "EXECUTE FUNCTION doze()", database)
    before = ada.snapshot()["seq"]
    refused = add_team(ada, "Slow")
    assert (refused.status_code, refused.json()["code"]) == (503, "database.too_slow")
    assert ada.snapshot()["seq"] == before
    assert add_team(ada, "Quick").status_code == 201
    assert ada.snapshot()["seq"] == before + 1


def test_works_behind_pgbouncer_in_transaction_mode(postgresql, database, start_on):
    bouncer = PgBouncer(postgresql).start()
    try:
        node = start_on(bouncer.url(database) + "?pgbouncer=true")
        ada, alan = node.sign_in("ada@acme.test"), node.sign_in("alan@acme.test")
        tab = alan.open_tab()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: add_team(ada, f"Team {number}"), range(60)))
        assert {answer.status_code for answer in answers} == {201}
        names = set()
        while len(names) < 60:
            names.add(tab.next("team.created")["team"]["name"])
        prepared = postgresql.query("SELECT count(*) FROM pg_prepared_statements", database)
        assert prepared == [["0"]]
    finally:
        bouncer.close()


def test_two_nodes_that_commit_to_one_workspace_keep_one_log_in_the_order_of_commits(postgresql, database, start_on):
    nodes = [start_on(database), start_on(database)]
    people = [node.sign_in("ada@acme.test") for node in nodes]

    def write(number):
        return add_team(people[number % 2], f"Team {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(200))) == {201}
    rows = postgresql.query(
        "SELECT l.seq FROM event_log l JOIN workspaces w ON w.id = l.workspace_id "
        "WHERE w.slug = 'acme' ORDER BY l.seq", database)
    assert [int(seq) for seq, in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 200
    snapshots = [person.snapshot() for person in people]
    assert snapshots[0]["seq"] == snapshots[1]["seq"] == len(rows)


def test_each_commit_follows_the_one_before_it_in_the_log(postgresql, database, start_on):
    """By the server's own commit times."""
    postgresql.query("ALTER SYSTEM SET track_commit_timestamp = on", database)
    postgresql.stop()
    postgresql.restart()
    nodes = [start_on(database), start_on(database)]
    people = [node.sign_in("ada@acme.test") for node in nodes]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: add_team(people[number % 2], f"Team {number}"), range(100)))
    backwards = postgresql.query(
        "SELECT count(*) FROM (SELECT committed < lag(committed) OVER (PARTITION BY workspace_id ORDER BY seq) AS wrong "
        "FROM (SELECT workspace_id, seq, pg_xact_commit_timestamp(xmin) AS committed FROM event_log) c) d WHERE wrong",
        database)
    assert backwards == [["0"]]


def test_nodes_that_start_at_once_on_an_empty_database_seed_the_demo_once(postgresql, database, start_on):
    nodes = [start_on.make(database) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda node: node.start(), nodes))
    assert [node.log.read_text().count("seeded the demo") for node in nodes].count(1) == 1
    snapshots = [node.sign_in("ada@acme.test").snapshot() for node in nodes]
    assert {snapshot["epoch"] for snapshot in snapshots} == {snapshots[0]["epoch"]}
    assert len(snapshots[0]["members"]) == 4
    assert postgresql.query("SELECT count(*) FROM workspaces", database) == [["2"]]


@pytest.mark.parametrize("url", ["postgresql://ada:secret@127.0.0.1:1/orbit", "postgresql://ada:secret@127.0.0.1/x?y=1",
                                 "postgresql://ada@127.0.0.1:1/orbit?password=secret"])
@pytest.mark.parametrize("command", ["serve", "migrate", "restore-mark", "seed"])
def test_no_password_is_shown(url, command):
    refused = subprocess.run([BINARY, command, "--database", url, "--log-level", "debug"], capture_output=True, text=True,
                             timeout=30)
    assert refused.returncode == 1
    assert refused.stderr.startswith("orbit: The database")
    assert "secret" not in refused.stdout + refused.stderr


def test_durability_is_the_servers_to_choose(database):
    refused = subprocess.run([BINARY, "serve", "--listen", "127.0.0.1:0", "--durability", "normal", "--database", database],
                             capture_output=True, text=True, timeout=30)
    assert refused.returncode == 1
    assert "synchronous_commit" in refused.stderr


def test_the_doctor_asks_the_server_for_its_clock_and_connections_and_shows_no_password(database):
    def ask(*flags):
        told = subprocess.run([BINARY, "doctor", "--json", "--listen", "127.0.0.1:0", *flags], capture_output=True, text=True,
                              timeout=30)
        return told, {finding["what"]: finding["state"] for finding in json.loads(told.stdout)["findings"]}

    told, states = ask("--database", database, "--backplane", "postgres")
    assert told.returncode == 0, told.stdout
    assert (states["clocks"], states["connections"], states["backplane"], states["schema"]) == ("ok", "ok", "ok", "look")
    told, states = ask("--database", "postgresql://ada:hunter2@127.0.0.1:1/orbit")
    assert told.returncode == 1 and states["database"] == "wrong"
    assert "hunter2" not in told.stdout + told.stderr
