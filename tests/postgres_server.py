"""A PostgreSQL server of the tests' own: Debian's programs, a folder and a port of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg
import pytest

HOST, OWNER = "127.0.0.1", "postgres"
MEMORY, NEEDED_BYTES = Path("/dev/shm"), 2_000_000_000
MISSING = "no PostgreSQL on this machine: the catalogue is tested on SQLite only (apt-get install postgresql)"


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs, if there is one and somebody to run it as."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if os.geteuid() == 0 and OWNER not in {user.pw_name for user in pwd.getpwall()}:
        return None
    return found[-1].parent if found else None


def roomy_memory() -> Path | None:
    """Return a folder in memory, where a new database takes a tenth of the time; None where there is little room."""
    return MEMORY if MEMORY.exists() and shutil.disk_usage(MEMORY).free >= NEEDED_BYTES else None


class PostgresServer:
    """A running server; ``stop`` and ``start`` take it away and bring it back."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="report-qa-postgres-", dir=roomy_memory()))
        self._made: list[str] = []
        self._data = self._folder / "data"
        self._small: Path | None = None
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(self._folder, OWNER)
        self._run("initdb", "-D", self._data, "-U", OWNER, "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -h {HOST} -k {self._folder} -c fsync=off"  # processes are killed here, not machines
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-o", options, "-l", self._folder / "log")

    def stop(self) -> None:
        """Let go of all clients at once, as a crash does."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def make_database(self, *, encoding: str = "UTF8") -> str:
        """Return the URL of an empty database."""
        name = f"catalogue_{uuid.uuid4().hex}"
        self.run_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'")
        self._made.append(name)
        return f"postgresql+psycopg://{OWNER}@{HOST}:{self.port}/{name}"

    def drop_databases(self) -> None:
        """Take away all that were made; whoever is still connected is let go."""
        while self._made:
            self.run_sql(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def make_small_database(self, megabytes: int) -> str:
        """Return the URL of an empty database on a file system of its own (root only); skips where none can be made."""
        self._small = self._folder / "small"
        self._small.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}M", "tmpfs", self._small], check=False
        )
        if mounted.returncode:
            pytest.skip("mounting is not allowed here")
        shutil.chown(self._small, OWNER)
        self.run_sql(f"CREATE TABLESPACE small LOCATION '{self._small}'")
        url = self.make_database()
        self.run_sql(f"ALTER DATABASE {url.rpartition('/')[2]} SET TABLESPACE small")
        return url

    def run_sql(self, statement: str) -> None:
        with psycopg.connect(
            f"host={HOST} port={self.port} user={OWNER} dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def close(self) -> None:
        self.stop()
        if self._small is not None:
            subprocess.run(["umount", self._small], check=True)
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: object) -> None:
        as_owner = ["runuser", "-u", OWNER, "--"] if os.geteuid() == 0 else []
        command = [*as_owner, str(self._programs / program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
