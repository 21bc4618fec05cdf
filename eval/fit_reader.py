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
from rag.answering.extractive import load_weights
from rag.answering.reader_evidence import Wanted, read
from rag.answering.reader_windows import Features, Window, windows
from rag.bootstrap import open_service
from rag.config import load_settings
from rag.service import Service
from rag.types import Scope

Array = NDArray[np.float64]
# A window is taken for an answer down to this far below even chances: it cost the fewest right answers on other sets.
LEAST = -0.75
# What a question made unanswerable counts beside one that is.
REMOVED = 0.1
NAMES = (*Features._fields, "constant")


@dataclass(frozen=True, slots=True)
class Example:
    """A question's windows: features (windows × features), which of them answer it, and which hold evidence."""

    answerable: bool
    features: Array
    answers: NDArray[np.bool_]
    evidence: NDArray[np.bool_]


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
        ranking = fit_ranking(fitted, np.array(load_weights()["ranking"][0]))
        answering = fit_answering(fitted, ranking)
        answering[-1] -= LEAST
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
        spans = [read(asked, span) for span in evidence.spans]
        found = windows(Wanted(asked, spans), spans)
        if found:
            sources = {key: document_of(row.source) for key, row in asked.corpus.summaries.items()}
            documents = [sources[window.span.report_id] for window in found]
            pairs = list(zip(found, documents, strict=True))
            rows.append(
                Example(
                    item.answerable,
                    np.array([window.features for window in found]),
                    np.array([_answers(window, item, document) for window, document in pairs]),
                    np.array([_is_evidence(window, item, document) for window, document in pairs]),
                )
            )
    return rows


def _is_evidence(window: Window, item: GoldQuestion, document: str) -> bool:
    return any(span.doc == document and overlaps(span.quote, window.text) for span in item.evidence)


def _answers(window: Window, item: GoldQuestion, document: str) -> bool:
    facts = all(states(window.text, group) for group in item.must_include)
    confused = any(states(window.text, [wrong]) for wrong in item.must_not_include)
    return item.answerable and facts and not confused and _is_evidence(window, item, document)


def fit_ranking(rows: Sequence[Example], present: Array, shrinkage: float = 0.03) -> Array:
    """Return one weight a feature, not far from the ``present`` ones without need."""
    rows = [row for row in rows if row.answers.any()]
    _, scale = _moments(np.concatenate([row.features for row in rows]))
    pairs = [(torch.tensor(row.features / scale), torch.tensor(row.answers)) for row in rows]
    before = torch.tensor(present * scale)

    def loss(change: torch.Tensor) -> torch.Tensor:
        scored = [(features @ (before + change), answers) for features, answers in pairs]
        losses = [torch.logsumexp(row, 0) - torch.logsumexp(row[answers], 0) for row, answers in scored]
        return torch.stack(losses).mean() + shrinkage * (change**2).sum()

    return present + _minimised(loss, len(scale)) / scale


def fit_answering(rows: Sequence[Example], ranking: Array, shrinkage: float = 1e-2) -> Array:
    """Return one weight a feature and the constant: above 0 the best window is taken for an answer.

    The best of the windows beside the evidence answers nothing either: that makes an unanswerable question, of less
    weight, of every answerable one.
    """
    best = [(row.features, row.answerable, 1.0) for row in rows]
    best += [(row.features[~row.evidence], False, REMOVED) for row in rows if row.answerable and not row.evidence.all()]
    chosen = np.array([features[(features @ ranking).argmax()] for features, _, _ in best])
    known = torch.tensor([1.0 if answerable else -1.0 for _, answerable, _ in best], dtype=torch.float64)
    share = torch.tensor([weight for _, _, weight in best], dtype=torch.float64)
    for side in (known > 0, known < 0):
        share[side] *= 0.5 / share[side].sum()
    mean, scale = _moments(chosen)
    features = torch.tensor(np.column_stack([(chosen - mean) / scale, np.ones(len(chosen))]))

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
