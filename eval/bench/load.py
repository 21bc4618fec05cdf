"""A real server under load: so many clients that ask one question after another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import httpx

from eval.summary import latency_ms

CLIENTS = (1, 4, 16, 64)
SECONDS = 8.0
START_SECONDS = 120.0


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(base: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{base}/health/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the server at {base} was not ready within {START_SECONDS:.0f} s")


@contextmanager
def running_server(data_dir: Path, models_dir: Path, *options: str, **changes: str) -> Iterator[tuple[str, int]]:
    """Serve a data folder on a free port of the loopback, with ``changes`` of the environment.

    Gives the base address and the process.
    """
    port = free_port()
    environment = os.environ | {"REPORT_QA_DATA_DIR": str(data_dir), "REPORT_QA_MODELS_DIR": str(models_dir)}
    environment |= changes
    command = [str(Path(sys.executable).with_name("report-qa")), "serve", "--port", str(port), *options]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(base, server)
        yield base, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _ask_until(base: str, questions: Sequence[str], first: int, deadline: float) -> list[tuple[float, bool]]:
    """One client's requests until the deadline: seconds, and whether the answer came.

    The plain client of the standard library, which takes a third of the time of httpx from the cores that serve.
    """
    outcomes = []
    with closing(HTTPConnection(base.removeprefix("http://"), timeout=60)) as connection:
        number = first
        while time.monotonic() < deadline:
            began = time.perf_counter()
            body = json.dumps({"question": questions[number % len(questions)]}).encode()
            try:
                connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                response.read()
                good = response.status == httpx.codes.OK
            except (OSError, HTTPException):
                connection.close()
                good = False
            outcomes.append((time.perf_counter() - began, good))
            number += 1
    return outcomes


def measure_load(base: str, questions: Sequence[str], *, clients: int, seconds: float = SECONDS) -> dict[str, Any]:
    """So many clients for so many seconds: answers a second, errors, and latency in milliseconds."""
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(clients) as pool:
        running = [pool.submit(_ask_until, base, questions, 7 * n, deadline) for n in range(clients)]
        outcomes = [outcome for future in running for outcome in future.result()]
    good = [taken for taken, came in outcomes if came]
    return {
        "clients": clients,
        "answers_per_second": round(len(good) / seconds, 1),
        "errors": len(outcomes) - len(good),
        **{name: round(value, 1) for name, value in latency_ms(good).items()},
    }
