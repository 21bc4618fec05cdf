"""Fits the extractive reader's weights: ``python -m eval.fit_reader DATA_DIR CORPUS GOLD... [--check GOLD...]``.

DATA_DIR holds the index the questions are asked of. Ranking is fitted so that the windows that answer a question by
themselves come before all others (softmax over each question's windows); whether the best one answers, so that
unanswerable questions and answered ones part (logistic). Prints both as ``rag/data/reader.toml`` holds them, with what
they give on the questions to check at several constants.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.dataset import GoldQuestion, read_questions
from eval.scoring import document_of
from eval.text_matching import overlaps, states
from rag.answering.reader_windows import FEATURES, Wanted, Window, windows
from rag.bootstrap import open_service
from rag.config import load_settings
from rag.service import Service
from rag.types import Scope

Array = NDArray[np.float64]
NAMES = (*FEATURES, "constant")


@dataclass(frozen=True, slots=True)
class Example:
    """A question's windows: features (windows × features), and which of them answer it."""

    answerable: bool
    features: Array
    answers: NDArray[np.bool_]


def main() -> None:
    """Fit on some questions, check on others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--check", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    settings = load_settings().model_copy(update={"data_dir": given.data, "llm": None})
    service = open_service(settings)
    try:
        fitted = [example for path in given.gold for example in examples(service, path, given.corpus)]
        ranking = fit_ranking(fitted)
        answering = fit_answering(fitted, ranking)
        for name, row in (("ranking", ranking), ("answering", answering)):
            print(f"[{name}]", *(f"{each} = {weight:.1f}" for each, weight in zip(NAMES, row, strict=False)), sep="\n")
        for path in (*given.gold, *given.check):
            print(path.stem, report(examples(service, path, given.corpus), ranking, answering))
    finally:
        service.close()


def examples(service: Service, path: Path, corpus: Path) -> list[Example]:
    """Ask the finding of a service for each question of a gold set."""
    rows = []
    for item in read_questions(path, corpus=corpus):
        asked, evidence = service.evidence(item.question, Scope())
        found = windows(Wanted(asked, evidence), asked, evidence)
        if found:
            sources = {key: document_of(row.source) for key, row in asked.corpus.summaries.items()}
            rows.append(
                Example(
                    item.answerable,
                    np.array([window.features for window in found]),
                    np.array([_answers(window, item, sources[window.span.report_id]) for window in found]),
                )
            )
    return rows


def _answers(window: Window, item: GoldQuestion, document: str) -> bool:
    spans = [span for span in item.evidence if span.doc == document]
    facts = all(states(window.text, group) for group in item.must_include)
    confused = any(states(window.text, [wrong]) for wrong in item.must_not_include)
    return item.answerable and facts and not confused and any(overlaps(row.quote, window.text) for row in spans)


def fit_ranking(rows: Sequence[Example], shrinkage: float = 1e-3) -> Array:
    """Return one weight a feature."""
    rows = [row for row in rows if row.answers.any()]
    _, scale = _moments(np.concatenate([row.features for row in rows]))
    pairs = [(torch.tensor(row.features / scale), torch.tensor(row.answers)) for row in rows]

    def loss(weights: torch.Tensor) -> torch.Tensor:
        scored = [(features @ weights, answers) for features, answers in pairs]
        losses = [torch.logsumexp(row, 0) - torch.logsumexp(row[answers], 0) for row, answers in scored]
        return torch.stack(losses).mean() + shrinkage * (weights**2).sum()

    return _minimised(loss, len(scale)) / scale


def fit_answering(rows: Sequence[Example], ranking: Array, shrinkage: float = 1e-2) -> Array:
    """Return one weight a feature and the constant: above 0 the best window is taken for an answer."""
    best = np.array([row.features[(row.features @ ranking).argmax()] for row in rows])
    known = torch.tensor([1.0 if row.answerable else -1.0 for row in rows], dtype=torch.float64)
    mean, scale = _moments(best)
    features = torch.tensor(np.column_stack([(best - mean) / scale, np.ones(len(best))]))
    share = torch.where(known > 0, 0.5 / (known > 0).sum(), 0.5 / (known < 0).sum())

    def loss(weights: torch.Tensor) -> torch.Tensor:
        losses = torch.nn.functional.softplus(-known * (features @ weights))
        return (share * losses).sum() + shrinkage * (weights[:-1] ** 2).sum()

    weights = _minimised(loss, features.shape[1])
    plain = weights[:-1] / scale
    return np.append(plain, weights[-1] - plain @ mean)


def report(rows: Sequence[Example], ranking: Array, answering: Array) -> str:
    """Say how often the best window answers, and how refusing would go at several thresholds."""
    best = [int((row.features @ ranking).argmax()) for row in rows]
    right = np.array([bool(row.answers[place]) for row, place in zip(rows, best, strict=True)])
    sure = np.array([row.features[p] @ answering[:-1] + answering[-1] for row, p in zip(rows, best, strict=True)])
    known = np.array([row.answerable for row in rows])
    told = [f"best window answers {right.sum() / max(1, known.sum()):.3f}"]
    for least in (-1.5, -1.0, -0.5, 0.0):
        refused = sure < least
        share = ((right & ~refused).sum() + (refused & ~known).sum()) / len(rows)
        told.append(f"{least}: right {share:.3f}, refused {(refused & ~known).sum()} of {(~known).sum()}")
    return " | ".join(told)


def _moments(rows: Array) -> tuple[Array, Array]:
    return rows.mean(axis=0), rows.std(axis=0) + 1e-9


def _minimised(loss: object, size: int) -> Array:
    weights = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=400, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        value: torch.Tensor = loss(weights)  # type: ignore[operator]
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().numpy().copy()


if __name__ == "__main__":
    main()
