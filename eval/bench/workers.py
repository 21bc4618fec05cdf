"""What more processes bring: ``python -m eval.bench.workers [N]`` asks one worker, then N (2), the same questions.

Prints JSON: answers a second of each, without a language model, and how many times as many N give, in turns of a
noisy machine. The clients are processes of their own, so that they take no more of a core than they must.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench.load import measure_load, running_server
from eval.recording import ROOT
from rag.bootstrap import open_service
from rag.config import load_settings

CLIENT_PROCESSES, CLIENTS = 2, 8
ROUNDS, WARMING_SECONDS, SECONDS = 3, 6.0, 15.0


def load(base: str, questions: list[str], seconds: float) -> float:
    """Ask from all clients for so many seconds; return the answers a second."""
    with ProcessPoolExecutor(CLIENT_PROCESSES) as pool:
        begun = [
            pool.submit(measure_load, base, questions, clients=CLIENTS, seconds=seconds)
            for _ in range(CLIENT_PROCESSES)
        ]
        return sum(float(each.result()["answers_per_second"]) for each in begun)


def measure(workers: int) -> dict[str, Any]:
    """Measure one worker and so many, over the samples."""
    models = load_settings().models_folder.absolute()
    rows = (ROOT / "eval" / "gold" / "samples.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(row)["question"] for row in rows]
    found = {1: 0.0, workers: 0.0}
    with TemporaryDirectory(prefix="report-qa-workers-") as folder:
        service = open_service(load_settings(data_dir=Path(folder), models_dir=models))
        service.ingest([ROOT / "samples"])
        service.close()
        for count in (1, workers) * ROUNDS:
            with running_server(Path(folder), models, "--workers", str(count)) as (base, _):
                load(base, questions, WARMING_SECONDS)
                found[count] += load(base, questions, SECONDS) / ROUNDS
    times = round(found[workers] / found[1], 2)
    return {"answers_a_second": {str(count): round(each, 1) for count, each in found.items()}, "times": times}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2), indent=1) + "\n")
