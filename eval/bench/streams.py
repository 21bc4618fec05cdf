"""Many streams at once: ``python -m eval.bench.streams [N]`` opens N (200) at one server whose model is slow.

The model is a provider on the loopback address that sends a sentence in forty pieces, four a second. Prints JSON: how
long until each client saw its evidence and its answer, how long another request took meanwhile, and the memory of the
server, in MB: before, and at most while all streams were open.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from eval.bench.load import running_server
from eval.recording import ROOT
from eval.summary import latency_ms
from rag.bootstrap import open_service
from rag.config import load_settings
from tests.rag.provider_server import Provider, serving

QUESTION = "云汀县2022年规模以上工业企业新增多少家？"
SAID = "云汀县2022年新增规模以上工业企业27家，总数达到214家。"
PIECES, PAUSE_SECONDS = 40, 0.25
LOOKING_SECONDS = 0.2


def memory_mb(pid: int) -> float:
    """Memory a process has resident, in MB (Linux)."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) / 1_000 for row in rows if row.startswith("VmRSS"))


def stream(base: str) -> tuple[float, float, bool]:
    """Ask once; return the seconds until the evidence and until the answer, and whether the model gave it."""
    began, found, last = time.perf_counter(), 0.0, ""
    with httpx.stream("POST", f"{base}/v1/ask/stream", json={"question": QUESTION}, timeout=120) as response:
        for line in response.iter_lines():
            found = found or ("event: evidence" in line and time.perf_counter() - began) or 0.0
            last = line or last
    return found, time.perf_counter() - began, json.loads(last.removeprefix("data: "))["answered_by"] == "openai:slow"


@contextmanager
def watched(base: str, pid: int) -> Iterator[dict[str, list[float]]]:
    """Look at another route and at the memory of a server, again and again, for the length of a ``with`` block."""
    seen: dict[str, list[float]] = {"seconds": [], "memory_mb": []}
    stop = threading.Event()

    def look() -> None:
        with httpx.Client(base_url=base, timeout=60) as client:
            while not stop.wait(LOOKING_SECONDS):
                began = time.perf_counter()
                client.get("/v1/reports").raise_for_status()
                seen["seconds"].append(time.perf_counter() - began)
                seen["memory_mb"].append(memory_mb(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def measure(count: int) -> dict[str, Any]:
    """Open so many streams at once."""
    models = load_settings().models_folder.absolute()
    short = PIECES - len(SAID)
    provider = Provider((*[" "] * short, *SAID), pause_seconds=PAUSE_SECONDS)
    with TemporaryDirectory(prefix="report-qa-streams-") as folder, serving(provider):
        service = open_service(load_settings(data_dir=Path(folder), models_dir=models))
        service.ingest([ROOT / "samples"])
        service.close()
        model = {"REPORT_QA_LLM": "openai:slow", "REPORT_QA_LLM_BASE_URL": f"{provider.url}/v1"}
        with running_server(Path(folder), models, **model) as (base, pid):
            stream(base)
            before = memory_mb(pid)
            with watched(base, pid) as seen, ThreadPoolExecutor(count) as pool:
                done = list(pool.map(stream, [base] * count))
    return {
        "streams": count,
        "answered_by_the_model": sum(each[2] for each in done),
        "alone_seconds": PIECES * PAUSE_SECONDS,
        "evidence_ms": latency_ms([each[0] for each in done]),
        "answer_ms": latency_ms([each[1] for each in done]),
        "another_request_ms": latency_ms(seen["seconds"]),
        "memory_mb": {"before": round(before), "at_most": round(max(seen["memory_mb"]))},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200), indent=1) + "\n")
