"""Retrieval runs: which evidence each rank of a search holds, one row a question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval import metrics
from eval.dataset import Evidence, GoldQuestion
from eval.intervals import Estimate, estimate
from eval.text_matching import holds

DEPTH = 10
CURVE = (1, 2, 3, 4, 5, 7, 10)


@dataclass(frozen=True, slots=True)
class FoundText:
    """A passage some search returned: its document (file name without ending) and its words."""

    document: str
    text: str


SearchFunction = Callable[[str, int], Sequence[FoundText]]
"""Finds passages for a question's words: ``search(words, limit)``, best first."""


@dataclass(frozen=True, slots=True)
class RetrievalRow:
    """What one search gave. ``ranking[i]`` holds the numbers of the evidence spans that rank ``i + 1`` holds."""

    id: str
    question: str
    type: str
    lang: str
    ranking: tuple[tuple[int, ...], ...]
    relevant: int
    wrong_report_first: bool
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return asdict(self)


def spans_held(hit: FoundText, evidence: Sequence[Evidence]) -> tuple[int, ...]:
    """Numbers of the spans that stand whole in a hit of their document, ascending."""
    return tuple(
        number
        for number, span in enumerate(evidence)
        if hit.document == span.doc and (not span.quote or holds(span.quote, hit.text))
    )


def first_of_each_document(hits: Iterable[FoundText]) -> list[FoundText]:
    """The best hit of every document, in the order of these best hits."""
    best: dict[str, FoundText] = {}
    for hit in hits:
        best.setdefault(hit.document, hit)
    return list(best.values())


def run_search(item: GoldQuestion, search: SearchFunction) -> RetrievalRow:
    """Search for one question; evidence without words counts a whole document, which is then listed once."""
    whole_documents = all(not span.quote for span in item.evidence)
    began = time.perf_counter()
    hits = search(item.question, 3 * DEPTH if whole_documents else DEPTH)
    seconds = time.perf_counter() - began
    listed = (first_of_each_document(hits) if whole_documents else hits)[:DEPTH]
    documents = {span.doc for span in item.evidence}
    return RetrievalRow(
        id=item.id,
        question=item.question,
        type=item.type,
        lang=item.lang,
        ranking=tuple(spans_held(hit, item.evidence) for hit in listed),
        relevant=len(item.evidence),
        wrong_report_first=not listed or listed[0].document not in documents,
        seconds=seconds,
    )


def run_retrieval(items: Iterable[GoldQuestion], search: SearchFunction) -> tuple[RetrievalRow, ...]:
    """Search for every answerable question, in order; unanswerable ones have nothing to find."""
    return tuple(run_search(item, search) for item in items if item.answerable)


def _sets(row: RetrievalRow) -> metrics.Ranking:
    return [frozenset(found) for found in row.ranking]


def retrieval_figures(rows: Sequence[RetrievalRow]) -> dict[str, Estimate]:
    """Measures with intervals: ``R@k`` any span found, ``all@k`` every span, and ``MRR@10``, ``nDCG@10``.

    Where questions are in several languages, ``R@1 LANG`` and ``R@5 LANG`` follow for each.
    """
    figures = {f"R@{k}": estimate([metrics.any_at(_sets(row), k=k) for row in rows]) for k in CURVE}
    figures["all@5"] = estimate([metrics.all_at(_sets(row), relevant=row.relevant, k=5) for row in rows])
    figures["Recall@10"] = estimate([metrics.recall_at(_sets(row), relevant=row.relevant, k=DEPTH) for row in rows])
    figures["MRR@10"] = estimate([metrics.reciprocal_rank_at(_sets(row), k=DEPTH) for row in rows])
    figures["nDCG@10"] = estimate([metrics.ndcg_at(_sets(row), relevant=row.relevant, k=DEPTH) for row in rows])
    figures["wrong_report_first"] = estimate([row.wrong_report_first for row in rows])
    languages = sorted({row.lang for row in rows})
    for language in languages if len(languages) > 1 else []:
        asked = [_sets(row) for row in rows if row.lang == language]
        figures |= {f"R@{k} {language}": estimate([metrics.any_at(ranking, k=k) for ranking in asked]) for k in (1, 5)}
    return figures
