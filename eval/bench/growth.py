"""How search and answers grow with the number of passages: real ingest, real indexes, made-up vectors.

Vectors are seeded by a hash of the text instead of a model's, and from 100 reports on what is put in are copies of
the read ones under other places and years, so that a million passages can be taken in; what is measured, the indexes
and the reading of answers, works the same on them. Like the vectors of real passages they vary in some 25 directions:
so many the two nearest neighbours tell of 15,873 passages of 122 reports. In all 384 Chroma takes 1.6 times as long.

Source: intrinsic dimension by two nearest neighbours: Facco, d'Errico, Rodriguez and Laio 2017.

``python -m eval.bench.growth 10000 100000`` measures these sizes alone and prints them, a line of JSON each.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.copies import put_copies
from eval.bench.synthetic import FIRST_YEAR, write_pile_questions, write_questions, write_reports
from eval.bench.timing import peak_memory_mb, timings
from rag.bootstrap import open_service
from rag.config import Settings, load_settings

DIMENSION, DIRECTIONS = 384, 25
QUESTIONS = 40
PILE_QUESTIONS = 8
CHARACTERS = 20_000
READ_REPORTS = 100
INDEXES = ("vectors", "lexical")


class HashedEmbedder:
    """Vectors of length 1 from a hash of the text; the same text gives the same vector."""

    name = "hashed/bench"
    dimension = DIMENSION
    _directions = np.random.default_rng(0).standard_normal((DIRECTIONS, DIMENSION), dtype=np.float32)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """A vector of shape ``(dimension,)``."""
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        vector: NDArray[np.float32] = (
            np.random.default_rng(seed).standard_normal(DIRECTIONS, np.float32) @ self._directions
        )
        return vector / np.linalg.norm(vector)

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Vectors of shape ``(len(texts), dimension)``."""
        if on_batch is not None:
            on_batch(len(texts))
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32).reshape(-1, DIMENSION)


def measure_growth(
    sizes: Sequence[int], settings: Settings, on_row: Callable[[dict[str, Any]], None] | None = None
) -> list[dict[str, Any]]:
    """Take in reports until each number of passages is reached, and time search and answers there; sizes ascend."""
    rows = []
    with TemporaryDirectory(prefix="report-qa-growth-") as folder:
        scratch = settings.model_copy(update={"data_dir": Path(folder) / "data"})
        service = open_service(scratch, embedder=HashedEmbedder())
        reports = 0
        try:
            for size in sizes:
                began = time.perf_counter()
                while (passages := sum(row.num_passages for row in service.reports())) < size:
                    missing = max(2, math.ceil((size - passages) / (passages / reports if reports else 130)))
                    read = min(missing, max(1, READ_REPORTS - reports))
                    if missing > read:  # the indexes take the copies up with the report that is read after them
                        put_copies(scratch.data_dir, HashedEmbedder(), count=missing - read, first=reports)
                    reports += missing
                    batch = Path(folder) / f"batch{reports}"
                    write_reports(batch, count=read, characters=CHARACTERS, seed=reports, first=reports - read)
                    service.ingest([batch])
                row = _measured(service, passages, reports, time.perf_counter() - began)
                rows.append(row | {"disk_mb": _disk_mb(scratch.data_dir)})
                if on_row is not None:
                    on_row(rows[-1])
        finally:
            service.close()
    return rows


def _measured(service: Any, passages: int, reports: int, seconds: float) -> dict[str, Any]:
    questions = write_questions(count=QUESTIONS, places=min(reports, 300))
    scoped = [question.replace("县", f"县{FIRST_YEAR}年", 1) for question in questions]
    open_ended = [question.split("县", 1)[1] for question in questions]
    return {
        "passages": passages,
        "reports": reports,
        "ingest_seconds": round(seconds, 1),
        "search_ms": timings(service.search, open_ended),
        "scoped_search_ms": timings(service.search, scoped),
        "ask_ms": timings(service.ask, questions),
        "pile_ms": timings(service.ask, write_pile_questions(count=PILE_QUESTIONS)),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _disk_mb(data_dir: Path) -> dict[str, int]:
    """Megabytes of the catalogue and of both indexes."""
    parts = {"catalogue": data_dir.glob("catalogue*"), **{name: (data_dir / name).rglob("*") for name in INDEXES}}
    return {
        name: round(sum(each.stat().st_size for each in files if each.is_file()) / 1e6) for name, files in parts.items()
    }


def fitted_exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Slope of the line through the logarithms: 0 is constant, 1 is in proportion; NaN for fewer than two sizes."""
    if len(sizes) < 2:
        return math.nan
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


if __name__ == "__main__":
    measure_growth(
        [int(each) for each in sys.argv[1:]], load_settings(), lambda row: print(json.dumps(row), flush=True)
    )
