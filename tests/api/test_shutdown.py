"""A server that is told to stop: a real process, a model that takes its time, a client in the middle of a stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.rag.provider_server import Provider, serving

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ASKED = {"question": "云汀县2022年规模以上工业企业新增多少家？"}
FIRST = "云汀县2022年新增规模以上工业企业27家，总数达到214家。"
LAST = "云汀县2022年开工亿元以上工业项目34个。"
SERVE = "import sys, api.serve; api.serve.GRACE_SECONDS = {}; api.serve.main(sys.argv[1:])"


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str


@contextmanager
def running(
    data_dir: Path, models_dir: Path, provider: Provider, *options: str, grace_seconds: int = 25
) -> Iterator[Running]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "REPORT_QA_DATA_DIR": str(data_dir),
        "REPORT_QA_MODELS_DIR": str(models_dir),
        "REPORT_QA_LLM": "openai:qwen-plus",
        "REPORT_QA_LLM_BASE_URL": f"{provider.url}/v1",
    }
    command = [sys.executable, "-c", SERVE.format(grace_seconds), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=data_dir, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        url = next(word for word in process.stderr.readline().split() if word.startswith("http"))
        while is_refused(url):
            time.sleep(0.05)
        yield Running(process, url)
    finally:
        process.kill()
        process.communicate()


def has_begun(lines: Iterator[str]) -> bool:
    """Read on until the first sentence is there."""
    return any("27家" in line for line in lines if line.startswith('data: {"text"'))


def is_refused(url: str) -> bool:
    try:
        httpx.get(f"{url}/health/live", timeout=1)
    except (httpx.ConnectError, httpx.ReadError):
        return True
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_answer_under_way_is_finished_and_nobody_else_is_let_in(data_dir: Path, models_dir: Path, workers: str):
    slowly = (FIRST, *LAST)
    with (
        serving(Provider(slowly, pause_seconds=0.15)) as provider,
        running(data_dir, models_dir, provider, "--workers", workers) as server,
        httpx.stream("POST", f"{server.url}/v1/ask/stream", json=ASKED, timeout=60) as response,
    ):
        lines = response.iter_lines()
        assert has_begun(lines)
        server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 3
        while not is_refused(server.url):
            assert time.monotonic() < deadline
        assert provider.pieces_sent < len(slowly)
        *_, done = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
        assert "34个" in done["answer"]
        assert done["answered_by"] == "openai:qwen-plus"
        _, written = server.process.communicate(timeout=20)
    assert server.process.returncode in {0, -signal.SIGTERM}
    (line,) = [json.loads(line) for line in written.splitlines()]
    assert (line["route"], line["status"], line["answer"]) == ("/v1/ask/stream", 200, "answered")


def test_an_answer_that_does_not_end_is_cut_off_at_the_limit_and_its_model_stopped(data_dir: Path, models_dir: Path):
    endless = (FIRST, *["云汀县"] * 2_000)
    with (
        serving(Provider(endless, pause_seconds=0.05)) as provider,
        running(data_dir, models_dir, provider, grace_seconds=1) as server,
        httpx.stream("POST", f"{server.url}/v1/ask/stream", json=ASKED, timeout=60) as response,
    ):
        lines = response.iter_lines()
        assert has_begun(lines)
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.TransportError):
            list(lines)
        assert provider.went_away.wait(30)
        assert server.process.wait(timeout=20) in {0, -signal.SIGTERM}
