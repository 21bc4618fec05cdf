"""``report-qa watch`` and ``fetch`` in processes of their own, as a person or an init system runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TextIO

import pytest

from tests.api.invented_reports import REPORTS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
# What a shell runs in the background ignores SIGINT, and so would its children.
PROGRAM = """import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from rag.cli import main
sys.exit(main())"""
COMMAND = [sys.executable, "-c", PROGRAM]


@pytest.fixture
def environment(tmp_path: Path, models_dir: Path) -> dict[str, str]:
    base = {name: value for name, value in os.environ.items() if not name.startswith("REPORT_QA_")}
    ours = {"REPORT_QA_DATA_DIR": str(tmp_path / "data"), "REPORT_QA_MODELS_DIR": str(models_dir)}
    return base | ours | {"PYTHONPATH": str(ROOT)}


@contextmanager
def watching(environment: dict[str, str], folder: Path, ended_by: signal.Signals) -> Iterator[TextIO]:
    """Run ``report-qa watch`` over a folder and give what it writes; a signal ends it, cleanly."""
    command = [*COMMAND, "watch", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        try:
            yield process.stdout
            process.send_signal(ended_by)
            rest, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, rest, errors) == (0, "", "")


def test_watch_takes_in_what_comes_and_signals_end_it_cleanly(environment: dict[str, str], tmp_path: Path):
    folder = tmp_path / "reports"
    folder.mkdir()
    (first, text), (second, other), (third, last) = REPORTS.items()
    (folder / first).write_text(text, "utf-8")
    with watching(environment, folder, signal.SIGTERM) as lines:
        assert lines.readline().startswith("1 new · ")
        (folder / second).write_text(other, "utf-8")
        assert lines.readline().startswith("1 new · ")
    (folder / third).write_text(last, "utf-8")
    with watching(environment, folder, signal.SIGINT) as lines:
        assert lines.readline().startswith("1 new, 2 unchanged · ")
    listed = subprocess.run([*COMMAND, "reports"], env=environment, capture_output=True, text=True, check=True).stdout
    assert all(name in listed for name in REPORTS)


def test_threat_ssrf_no_setting_lets_fetch_reach_this_machine(environment: dict[str, str]):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://localhost:{server.server_port}/latest/meta-data"
        command = [*COMMAND, "fetch", url, "--host", "localhost", "--host", "127.0.0.1"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 2
    assert "localhost is no public address" in done.stdout
    assert asked == []


def test_watching_what_is_not_there_is_one_line(environment: dict[str, str], tmp_path: Path):
    command = [*COMMAND, "watch", str(tmp_path / "nowhere")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nowhere does not exist" in done.stderr
    assert done.stderr.count("\n") == 1
