"""From rows to a result: figures, groups, latency, and what the run was made with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eval.dataset import hash_of
from eval.intervals import Estimate
from eval.results import Result, commit_of, hashes_of_prompts, shown_settings
from eval.run_retrieval import RetrievalRow, retrieval_figures
from eval.scoring import Row
from eval.sets import QuestionSet
from eval.summary import GROUPINGS, headlines, latency_ms, right_by
from rag.config import Settings

ROOT = Path(__file__).parents[1]


@dataclass(slots=True)
class Stopwatch:
    """Seconds a block took; 0 until it is over."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Time a block."""
    watch = Stopwatch()
    began = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - began


def _models(settings: Settings) -> dict[str, str]:
    return {
        "embedding": settings.embedding_model,
        "llm": settings.llm or "none",
    }


def _result(
    kind: str, subject: str, asked: QuestionSet, settings: Settings, rows: Sequence[Row | RetrievalRow], seconds: float
) -> Result:
    commit, commit_time = commit_of(ROOT)
    figures: dict[str, Estimate] = {}
    return Result(
        kind=kind,
        subject=subject,
        dataset=asked.name,
        dataset_hash=hash_of(asked.gold),
        corpus=asked.corpus.name,
        corpus_hash=hash_of(asked.corpus),
        commit=commit,
        commit_time=commit_time,
        settings=shown_settings(settings),
        models=_models(settings),
        prompt_hashes=hashes_of_prompts(ROOT / "prompts"),
        n=len(rows),
        figures=figures,
        latency_ms=latency_ms([row.seconds for row in rows]),
        seconds=seconds,
    )


def record_answers(kind: str, asked: QuestionSet, settings: Settings, rows: Sequence[Row], seconds: float) -> Result:
    """Sum up an answer or dialogue run (``kind``)."""
    result = _result(kind, "report-qa", asked, settings, rows, seconds)
    result.figures.update(headlines(rows))
    result.by.update({grouping: right_by(rows, grouping) for grouping in GROUPINGS})
    return result


def record_retrieval(
    subject: str, asked: QuestionSet, settings: Settings, rows: Sequence[RetrievalRow], seconds: float
) -> Result:
    """Sum up a retrieval run of a subject: this service or a baseline."""
    result = _result("retrieval", subject, asked, settings, rows, seconds)
    result.figures.update(retrieval_figures(rows))
    return result
