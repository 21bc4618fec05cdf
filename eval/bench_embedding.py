"""Measure ingest beside the plain recipe, in one run on the same files and with the same model.

Plain: ``RecursiveCharacterTextSplitter(500, 50)`` and ``SentenceTransformer.encode`` in float32. Ours: a whole ingest,
from files to catalogue and indexes. Each side runs in a process of its own, one after the other, so that peak memory is
its own; loading the model is timed apart.

    python -m eval.bench_embedding FOLDER [--every 8] [--rounds 1]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tokenizers import Tokenizer

from eval.plain_model import plain_model_folder
from rag.config import Settings
from rag.indexing.bundled_model.folder import MAX_TOKENS, PROMPTS
from rag.indexing.embedding import limit_spinning

SPLIT_CHARACTERS = 500
OVERLAP_CHARACTERS = 50


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one side took.

    ``cpu_seconds`` is the processor time of all threads and children, model loading included: on a busy machine it says
    more than ``seconds``. Memory is the peak of the process, with that of its largest child added.
    """

    side: str
    num_characters: int
    num_texts: int
    num_tokens: int
    load_seconds: float
    seconds: float
    cpu_seconds: float
    peak_megabytes: float

    @property
    def characters_per_second(self) -> float:
        """Characters of the files, not of what was made of them."""
        return self.num_characters / self.seconds

    @property
    def tokens_per_second(self) -> float:
        """Tokens the model was given, overlaps, headers and prefixes included."""
        return self.num_tokens / self.seconds


def measure_plain(files: Sequence[Path], folder: Path) -> Measurement:
    """Split and encode as a tutorial does."""
    started = time.perf_counter()
    from langchain_text_splitters import RecursiveCharacterTextSplitter
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    splitter = RecursiveCharacterTextSplitter(chunk_size=SPLIT_CHARACTERS, chunk_overlap=OVERLAP_CHARACTERS)
    loaded = time.perf_counter()
    texts = []
    for path in files:
        parts = splitter.split_text(path.read_text("utf-8", errors="replace"))
        model.encode(parts, show_progress_bar=False)
        texts += parts
    finished = time.perf_counter()
    return _measurement("plain", files, texts, folder, (started, loaded, finished))


def measure_ours(files: Sequence[Path], folder: Path) -> Measurement:
    """Ingest the files into an empty data directory."""
    started = time.perf_counter()
    from rag.bootstrap import open_service
    from rag.storing import Catalogue, embedded_text

    with tempfile.TemporaryDirectory() as data_dir:
        settings = Settings(data_dir=Path(data_dir), models_dir=folder.parent)
        service = open_service(settings)
        loaded = time.perf_counter()
        service.ingest(list(files))
        finished = time.perf_counter()
        service.close()
        catalogue = Catalogue.open(Path(data_dir))
        reports = [catalogue.report(found.report_id) for found in catalogue.reports()]
        texts = [embedded_text(passage) for report in reports for passage in report.passages]
        return _measurement("ours", files, texts, folder, (started, loaded, finished))


SIDES: dict[str, Callable[[Sequence[Path], Path], Measurement]] = {"plain": measure_plain, "ours": measure_ours}


def _measurement(
    side: str, files: Sequence[Path], texts: list[str], folder: Path, times: tuple[float, float, float]
) -> Measurement:
    started, loaded, finished = times
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Measurement(
        side=side,
        num_characters=sum(len(path.read_text("utf-8", errors="replace")) for path in files),
        num_texts=len(texts),
        num_tokens=_count_tokens(texts, folder),
        load_seconds=loaded - started,
        seconds=finished - loaded,
        cpu_seconds=sum(usage.ru_utime + usage.ru_stime for usage in usages),
        peak_megabytes=sum(usage.ru_maxrss for usage in usages) * 1024 / 1e6,
    )


def _count_tokens(texts: list[str], folder: Path) -> int:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    return sum(len(found.ids) for found in tokenizer.encode_batch([PROMPTS["passage"] + text for text in texts]))


def _run_side(side: str, files: Sequence[Path], folder: Path) -> Measurement:
    command = [sys.executable, "-m", "eval.bench_embedding", "--side", side, "--model", str(folder)]
    listing = "\n".join(map(str, files))
    done = subprocess.run(command, input=listing, capture_output=True, text=True, check=True)
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def _print_table(measurements: Sequence[Measurement]) -> None:
    columns = ["side", "texts", "characters/s", "tokens/s", "seconds", "CPU, s", "load, s", "peak, MB"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for found in measurements:
        speeds = f"{found.characters_per_second:,.0f} | {found.tokens_per_second:,.0f}"
        times = f"{found.seconds:.1f} | {found.cpu_seconds:.1f} | {found.load_seconds:.1f}"
        print(f"| {found.side} | {found.num_texts:,} | {speeds} | {times} | {found.peak_megabytes:,.0f} |")
    rates = [[m.characters_per_second for m in measurements if m.side == side] for side in SIDES]
    plain, ours = (sum(side) / len(side) for side in rates)
    print(f"\nours / plain: {ours / plain:.2f} × the characters per second")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both sides in turn and print a table; with ``--side`` run one on the files listed on standard input."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th file only")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--model", type=Path, help="folder of the unpacked model")
    parser.add_argument("--side", choices=SIDES)
    options = parser.parse_args(arguments)
    limit_spinning()
    folder = options.model or plain_model_folder(Path(os.environ.get("REPORT_QA_MODELS_DIR", "data/models")))
    if options.side:
        files = [Path(line) for line in sys.stdin.read().splitlines()]
        print(json.dumps(asdict(SIDES[options.side](files, folder.absolute()))))
        return
    if options.folder is None:
        parser.error("name a folder of .txt reports")
    files = sorted(options.folder.rglob("*.txt"))[:: options.every]
    _print_table([_run_side(side, files, folder.absolute()) for _ in range(options.rounds) for side in SIDES])


if __name__ == "__main__":
    main()
