"""``python -m eval.bench``: the whole bench; writes ``eval/results/bench.json``, ``docs/bench.md`` and its picture."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from eval.bench.growth import measure_growth
from eval.bench.load import CLIENTS, measure_load, running_server
from eval.bench.summary import bench_markdown, bench_picture, quickest, with_ratios
from eval.bench.synthetic import write_questions, write_reports
from eval.recording import ROOT
from eval.results import commit_of
from rag.bootstrap import open_service
from rag.config import Settings, load_settings

REPORTS = 5
ROUNDS = 2
SIZES = (1_000, 10_000, 100_000)
LARGE = 1_000_000
CONSOLE = Console(stderr=True)


def _subject(name: str, folder: Path) -> dict[str, Any]:
    CONSOLE.print(f"measuring {name} …")
    command = [sys.executable, "-m", "eval.bench.subject", name, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _side_by_side(folder: Path) -> dict[str, dict[str, Any]]:
    """Both subjects in turn, round after round, so that what else the machine does falls on both."""
    rounds = [{name: _subject(name, folder) for name in ("report-qa", "recipe")} for _ in range(ROUNDS)]
    return {name: quickest([measured[name] for measured in rounds]) for name in rounds[0]}


def _load(settings: Settings, folder: Path, scratch: Path) -> list[dict[str, Any]]:
    models = settings.models_folder.absolute()
    service = open_service(settings.model_copy(update={"data_dir": scratch, "models_dir": models}))
    service.ingest([folder])
    service.close()
    questions = write_questions(count=200, places=REPORTS)
    with running_server(scratch, models) as (base, _):
        return [measure_load(base, questions, clients=clients) for clients in CLIENTS]


def run(settings: Settings, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Measure everything, one after another."""
    load_average = os.getloadavg()[0]
    with TemporaryDirectory(prefix="report-qa-bench-") as scratch:
        folder = Path(scratch) / "reports"
        characters = write_reports(folder, count=REPORTS)
        subjects = _side_by_side(folder)
        CONSOLE.print("measuring load …")
        load = _load(settings, folder, Path(scratch) / "data")
    CONSOLE.print(f"measuring growth up to {max(sizes):,} passages …")
    growth = measure_growth(sizes, settings)
    commit, commit_time = commit_of(ROOT)
    return with_ratios(
        {
            "commit": commit,
            "commit_time": commit_time,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "load_average_before": round(load_average, 2),
            "reports": REPORTS,
            "characters": characters,
            "subjects": subjects,
            "load": load,
            "growth": growth,
        }
    )


def main() -> None:
    """Run the bench and write its results."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description="Measure speed, memory, growth and load.")
    parser.add_argument("--large", action="store_true", help=f"grow to {LARGE:,} passages; takes an hour")
    parser.add_argument("--sizes", type=int, nargs="+", help="numbers of passages to grow to instead")
    options = parser.parse_args()
    sizes = tuple(options.sizes or (*SIZES, *([LARGE] if options.large else [])))
    measured = run(load_settings(), sizes)
    (ROOT / "eval" / "results" / "bench.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    (ROOT / "docs" / "bench.svg").write_text(bench_picture(measured), "utf-8")
    markdown = bench_markdown(measured)
    (ROOT / "docs" / "bench.md").write_text(markdown + "\n", "utf-8")
    sys.stdout.write(markdown + "\n")


if __name__ == "__main__":
    main()
