"""PostgreSQL, and PgBouncer in front of it."""

import csv
import io
import itertools
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from services.process import PATIENCE, Service


def _program(name):
    """Debian keeps PostgreSQL's programs off the PATH, beside others of other versions."""
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    assert versions, f"{name} is not installed: apt-get install postgresql-15"
    return str(versions[-1])


def _send(process, sent):
    """Its children come and go by themselves."""
    with suppress(ProcessLookupError):
        os.kill(process, sent)


class PostgreSQL(Service):
    """A cluster of databases in a temporary directory. Whoever connects is believed, as on no real server."""

    name = "postgresql"
    stop_signal = signal.SIGINT  # fast: clients are sent away
    runs_unprivileged = True
    syncs = False  # whether a commit survives a power cut: no test needs that, measurements do
    _numbers = itertools.count(1)

    def __init__(self, **options):
        super().__init__(**options)
        self.data = self.directory / "data"
        self._run("initdb", "--pgdata", self.data, "--username", "orbit", "--auth", "trust", "--encoding", "UTF8",
                  "--locale", "C", "--no-sync", "--no-instructions")
        if self.host != "127.0.0.1":
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all all trust\n")

    def arguments(self):
        # kill -9 of all its processes it survives, whether it syncs or not.
        settings = {"listen_addresses": self.host, "port": self.port, "unix_socket_directories": self.directory,
                    "max_connections": 300, "fsync": "on" if self.syncs else "off", "log_min_messages": "warning"}
        return [_program("postgres"), "-D", self.data,
                *itertools.chain.from_iterable(("-c", f"{name}={value}") for name, value in settings.items())]

    def is_ready(self):
        # Of the socket in its directory, so that it is reached from any network namespace.
        asked = subprocess.run([_program("pg_isready"), "-q", "-h", self.directory, "-p", str(self.port)], check=False)
        return asked.returncode == 0

    def create_database(self, name=None):
        """The URL of a new, empty one."""
        name = name or f"orbit_{next(self._numbers)}"
        self.query(f"CREATE DATABASE {name}", "postgres")
        return self.url(name)

    def url(self, database):
        return f"postgresql://orbit@{self.host}:{self.port}/{database}"

    def query(self, sql, database):
        """Rows, as lists of text."""
        if database.startswith("postgresql:"):
            database = database.split("?")[0].rsplit("/", 1)[1]
        answer = subprocess.run(
            [_program("psql"), "-X", "-q", "--csv", "--tuples-only", "-v", "ON_ERROR_STOP=1", "-h", self.directory,
             "-p", str(self.port), "-U", "orbit", "-d", database, "-c", sql],
            check=True, capture_output=True, text=True, timeout=PATIENCE)
        return list(csv.reader(io.StringIO(answer.stdout)))

    def restart(self):
        # What is left of a killed one keeps the shared memory for a moment.
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.start()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def restart_immediately(self):
        """Without saying goodbye to anybody, as a crash does; then it recovers from its log."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=PATIENCE)
        return self.restart()

    def freeze(self):
        """All its processes, not only the first."""
        for process in self._family():
            _send(process, signal.SIGSTOP)

    def thaw(self):
        for process in self._family():
            _send(process, signal.SIGCONT)

    def _family(self):
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], check=False,
                                  capture_output=True, text=True)
        return [self.process.pid, *map(int, children.stdout.split())]

    def close(self):
        if self.is_running:
            self.thaw()
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(timeout=PATIENCE)
        super().close()

    def _run(self, program, *arguments):
        done = subprocess.run([_program(program), *map(str, arguments)], check=False, capture_output=True, text=True,
                              cwd=self.directory, **self.identity())
        assert done.returncode == 0, f"{program} failed:\n{done.stdout}{done.stderr}"


class PgBouncer(Service):
    """In transaction mode, in front of a PostgreSQL."""

    name = "pgbouncer"
    runs_unprivileged = True

    def __init__(self, postgresql, **options):
        super().__init__(**options)
        self.postgresql = postgresql

    def arguments(self):
        settings = self.directory / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = host={self.postgresql.host} port={self.postgresql.port} user=orbit\n"
            f"[pgbouncer]\nlisten_addr = {self.host}\nlisten_port = {self.port}\nunix_socket_dir =\n"
            "auth_type = any\npool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 20\n"
            "ignore_startup_parameters = extra_float_digits\n")
        return ["pgbouncer", settings]

    def url(self, database_url):
        """The same database, by way of this."""
        return f"postgresql://orbit@{self.host}:{self.port}/{database_url.rsplit('/', 1)[1]}"
