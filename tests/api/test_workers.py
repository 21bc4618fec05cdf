"""``serve --workers``: several processes behind one address, counted together, replaced when one dies."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from eval.bench.load import free_port

pytestmark = pytest.mark.slow
QUESTION = {"question": "云汀县2022年规模以上工业企业新增多少家？"}
REPORT_QA = str(Path(sys.executable).with_name("report-qa"))


class Served:
    def __init__(self, port: int, environment: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        command = [REPORT_QA, "serve", "--workers", "2", "--port", str(port)]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {pid for pid in map(int, children.split()) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}

    def wait_for_workers(self, gone: set[int]) -> set[int]:
        deadline = time.monotonic() + 90
        while len(found := self.workers()) < 2 or found & gone:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)
        return found


@pytest.fixture(scope="module")
def served(data_dir: Path, models_dir: Path) -> Iterator[Served]:
    environment = os.environ | {"REPORT_QA_DATA_DIR": str(data_dir), "REPORT_QA_MODELS_DIR": str(models_dir)}
    running = Served(free_port(), environment)
    running.wait_until_ready()
    yield running
    running.process.kill()
    running.process.wait()


def ask(served: Served) -> str:
    return str(httpx.post(f"{served.url}/v1/ask", json=QUESTION, timeout=30).json()["answer"])


def test_both_answer_alike_and_are_counted_together(served: Served):
    served.wait_for_workers(set())
    answers = {ask(served) for _ in range(12)}
    assert len(answers) == 1
    counted = {httpx.get(f"{served.url}/metrics", timeout=30).text for _ in range(6)}
    totals = {re.search(r"report_qa_answers_total\{[^}]*\} ([\d.]+)", text).group(1) for text in counted}
    assert totals == {"12.0"}
    assert all("report_qa_reports 8.0" in text for text in counted)


def test_connections_that_come_at_once_are_parted_among_them(served: Served):
    def num_files(pid: int) -> int:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))

    before = {pid: num_files(pid) for pid in served.wait_for_workers(set())}
    host, port = served.url.removeprefix("http://").split(":")
    with ExitStack() as opened:
        for _ in range(40):
            opened.enter_context(socket.create_connection((host, int(port))))
        time.sleep(1)
        assert all(num_files(pid) > count + 5 for pid, count in before.items())


def test_a_report_taken_in_by_one_is_asked_at_the_other_within_two_seconds(served: Served):
    files = {"file": ("新报告.txt", "雁泽县2033年工作报告\n雁泽县2033年新建口袋公园41个。".encode())}
    job = httpx.post(f"{served.url}/v1/reports", files=files, timeout=30).json()["job_id"]
    while (state := httpx.get(f"{served.url}/v1/jobs/{job}", timeout=30).json())["status"] in {"queued", "running"}:
        time.sleep(0.05)
    assert state["status"] == "done"
    time.sleep(2)
    question = {"question": "雁泽县2033年新建口袋公园多少个？"}
    answers = [httpx.post(f"{served.url}/v1/ask", json=question, timeout=30).json()["answer"] for _ in range(12)]
    assert all("41个" in answer for answer in answers)


def test_one_that_dies_is_replaced_while_the_other_answers(served: Served):
    before = served.wait_for_workers(set())
    answer = ask(served)
    killed = before.pop()
    os.kill(killed, signal.SIGKILL)
    with suppress(httpx.TransportError):  # a connection that the killed one held is lost
        ask(served)
    assert ask(served) == answer
    assert len(served.wait_for_workers({killed}) & before) == 1


def test_workers_are_replaced_one_after_another_without_an_answer_lost(served: Served):
    before, answer = served.wait_for_workers(set()), ask(served)
    served.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 60
    while served.workers() & before:
        assert time.monotonic() < deadline
        assert ask(served) == answer
    assert len(served.wait_for_workers(before)) == 2


def test_workers_end_when_the_process_that_began_them_is_killed(served: Served):
    """The last test of this server."""
    workers = served.wait_for_workers(set())
    served.process.kill()
    served.process.wait()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("number", ["0", "-1"])
def test_no_workers_are_no_server(number: str, capsys: pytest.CaptureFixture[str]):
    from rag.cli import main

    assert main(["serve", "--workers", number]) == 2
    assert "--workers" in capsys.readouterr().err
