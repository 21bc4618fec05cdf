"""Search on question sets nobody here wrote and on the placed questions, each half by itself.

``python -m eval.run_retrieval_sets --shared FOLDER --work FOLDER`` ingests each set once below ``--work`` and prints a
table. ``FOLDER`` given by ``--shared`` is laid out as the corpora are: ``qa/``, ``gold/``, ``corpus/``. Weights are
tuned on the even questions of each set; the odd ones are what counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.dataset import GoldQuestion, read_passage_set, read_questions
from eval.metrics import mean
from eval.retrieval_lab import FULL, Lab, Variant, ingested
from eval.run_retrieval import FoundText, first_of_each_document, spans_held
from eval.workspace import as_gold, write_passages
from rag.config import Settings
from rag.indexing.embedding import Embedder, load_embedder
from rag.types import Hit

PASSAGE_SETS = {"cmrc2018": ("cmrc2018", ""), "drcd": ("drcd", ""), "xquad": ("xquad", "zh:")}
PLACED = "placed"
NAMES = {"cmrc2018 zh": "CMRC 2018", "drcd zh-Hant": "DRCD", "xquad zh": "XQuAD zh", "xquad en": "XQuAD en→zh"}


@dataclass(frozen=True, slots=True)
class Found:
    """What one question's search gave: whether the first, the first five hold evidence, all of it, and a wrong first.

    ``wrong`` says that the first hit is of a place no evidence is of, or of other years than the question names.
    """

    first: bool
    five: bool
    every: bool
    wrong: bool


class QuestionSet:
    """Questions over an index: ``groups`` are their names for the table, one a question."""

    def __init__(self, lab: Lab, items: Sequence[GoldQuestion], groups: Sequence[str]) -> None:
        self._lab = lab
        self.items = tuple(items)
        self.groups = tuple(groups)
        summaries = lab.corpus.summaries.values()
        self._documents = {row.report_id: Path(row.source).stem for row in summaries}
        self._places = {Path(row.source).stem: row.profile.place for row in summaries}

    def run(self, item: GoldQuestion, variant: Variant = FULL) -> Found:
        """Search for one question; evidence without words is a whole document."""
        whole = all(not span.quote for span in item.evidence)
        hits = self._lab.search(item.question, variant, limit=20 if whole else 10)
        texts = [FoundText(self._documents[hit.passage.report_id], hit.passage.text) for hit in hits]
        if whole:
            texts = first_of_each_document(texts)
        held = [set(spans_held(text, item.evidence)) for text in texts[:5]]
        found = set().union(*held)
        every = len(found) == len(item.evidence)
        return Found(bool(held and held[0]), bool(found), every, not hits or self._is_wrong(item, hits[0]))

    def _is_wrong(self, item: GoldQuestion, hit: Hit) -> bool:
        places = {self._places.get(span.doc) for span in item.evidence}
        asked = set(self._lab.understand(item.question).years)
        other = bool(asked and hit.passage.years) and not asked & set(hit.passage.years)
        return hit.passage.place not in places or other


@contextmanager
def opened(name: str, shared: Path, work: Path, settings: Settings, embedder: Embedder) -> Iterator[QuestionSet]:
    """Open a set by name, ingested below ``work``.

    Raises:
        BadInputError: a file of the set is missing.
    """
    with TemporaryDirectory(prefix="report-qa-sets-") as folder:
        if name == PLACED:
            items = [row for row in read_questions(shared / "gold" / "dev_placed.jsonl") if row.answerable]
            corpus, groups = shared / "corpus", [PLACED] * len(items)
        else:
            source, prefix = PASSAGE_SETS[name]
            passages, questions = read_passage_set(shared / "qa" / source)
            kept = [row for row in passages if row.id.startswith(prefix)]
            items = list(as_gold(questions, write_passages(kept, Path(folder))))
            corpus, groups = Path(folder), [f"{name} {item.lang}" for item in items]
        lab = Lab(ingested(settings, work / name, corpus), embedder)
        try:
            yield QuestionSet(lab, items, groups)
        finally:
            lab.close()


def figures_of(rows: Sequence[Found]) -> tuple[float, float, float, float]:
    """Return the shares of ``first``, ``five``, ``every`` and ``wrong``; NaN without rows."""
    columns = [[row.first for row in rows], [row.five for row in rows], [row.every for row in rows]]
    shares = [mean([float(value) for value in column]) for column in columns]
    return shares[0], shares[1], shares[2], mean([float(row.wrong) for row in rows])


def line(name: str, half: str, rows: Sequence[Found]) -> str:
    """Return a row of the table; only placed questions have spans and a place that can be wrong."""
    first, five, every, wrong = figures_of(rows)
    rest = f"{every:.3f} | {wrong:.3f}" if name == PLACED else "– | –"
    return f"| {NAMES.get(name, name)} | {half} | {len(rows)} | {first:.3f} | {five:.3f} | {rest} |"


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with what every run over the sets takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--shared", type=Path, required=True, help="folder with qa/, gold/ and corpus/")
    parser.add_argument("--work", type=Path, required=True, help="folder for ingested sets; kept for the next run")
    parser.add_argument("--set", action="append", choices=[*PASSAGE_SETS, PLACED], help="only these sets")
    parser.add_argument("--every", type=int, default=1, help="only every so many questions of a passage set")
    return parser


def main() -> int:
    """Run the sets and print the table."""
    options = arguments("Search on question sets nobody here wrote, by halves.").parse_args()
    settings = Settings()
    embedder = load_embedder(settings)
    say = sys.stdout.write
    say("| set | half | questions | R@1 | R@5 | all spans @5 | wrong place or year first |\n")
    say("|---|---|---|---|---|---|---|\n")
    for name in options.set or [*PASSAGE_SETS, PLACED]:
        with opened(name, options.shared, options.work, settings, embedder) as asked:
            step = 1 if name == PLACED else options.every
            rows = [
                (group, number, asked.run(item))
                for number, (group, item) in enumerate(zip(asked.groups, asked.items, strict=True))
                if number // 2 % step == 0
            ]
        for group in dict.fromkeys(row[0] for row in rows):
            for half, parity in (("tuned on", 0), ("held out", 1)):
                say(line(group, half, [found for name, n, found in rows if name == group and n % 2 == parity]) + "\n")
                sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
