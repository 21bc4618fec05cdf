"""An office of processes on this machine: PostgreSQL, Chroma, servers and workers over one catalogue, each killable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from eval.bench.load import free_port
from rag.errors import ConfigurationError
from tests.postgres_server import MISSING, PostgresServer, find_programs
from tests.rag.chroma_process import ChromaProcess

START_SECONDS = 120
REPORT_QA = str(Path(sys.executable).with_name("report-qa"))


@dataclass
class Part:
    """A process of the office: how it is killed, and how it is begun again."""

    name: str
    kill: Callable[[], None]
    begin: Callable[[], None]


@dataclass
class Program:
    """A command of ours, run in an environment; ``url`` is where it listens, "" for a worker."""

    arguments: list[str]
    environment: dict[str, str]
    log: Path
    url: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def begin(self) -> None:
        """Start it; a server is ready afterwards.

        Raises:
            TimeoutError: it was not.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([REPORT_QA, *self.arguments], env=self.environment, stderr=log, stdout=log)
        deadline = time.monotonic() + START_SECONDS
        while self.url and time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.process = subprocess.Popen([REPORT_QA, *self.arguments], env=self.environment)
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        if self.url:
            raise TimeoutError(f"{self.url} was not ready within {START_SECONDS} s; see {self.log}")

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


@dataclass
class Office:
    """What runs: the addresses of both servers, and every process by name."""

    urls: list[str]
    parts: dict[str, Part]
    postgres: PostgresServer
    chroma: ChromaProcess


@contextmanager
def running_office(scratch: Path, models_dir: Path) -> Iterator[Office]:
    """Begin everything, each server and worker with a data directory of its own, and end it afterwards.

    Raises:
        ConfigurationError: there is no PostgreSQL on this machine.
    """
    programs = find_programs()
    if programs is None:
        raise ConfigurationError(MISSING)
    with ExitStack() as ending:
        postgres = PostgresServer(programs)
        ending.callback(postgres.close)
        chroma = ChromaProcess(scratch / "chroma")
        chroma.start()
        ending.callback(chroma.stop)
        shared = {
            "REPORT_QA_DATABASE_URL": postgres.make_database(),
            "REPORT_QA_CHROMA_URL": str(chroma.url),
            "REPORT_QA_MODELS_DIR": str(models_dir),
        }
        parts = {"postgres": Part("postgres", postgres.stop, postgres.start)}
        parts["chroma"] = Part("chroma", chroma.stop, chroma.start)
        urls = []
        for name in ("server 1", "server 2", "worker 1", "worker 2"):
            port = free_port()
            is_server = name.startswith("server")
            program = Program(
                ["serve", "--port", str(port)] if is_server else ["worker"],
                os.environ | shared | {"REPORT_QA_DATA_DIR": str(scratch / name.replace(" ", "-"))},
                scratch / f"{name}.log",
                f"http://127.0.0.1:{port}" if is_server else "",
            )
            program.begin()
            ending.callback(program.kill)
            parts[name] = Part(name, program.kill, program.begin)
            urls += [program.url] if is_server else []
        yield Office(urls, parts, postgres, chroma)
