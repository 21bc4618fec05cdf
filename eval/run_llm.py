"""The language model beside the evidence reader, on the same questions: ``python -m eval.run_llm --set samples``.

The model is the one ``REPORT_QA_LLM`` names. All unanswerable questions and every n-th other one are asked.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from eval.cli import RUNS
from eval.dataset import GoldQuestion, read_questions
from eval.recording import record_answers, stopwatch
from eval.results import Result, write_result
from eval.run_answers import Asks, run_answers
from eval.sets import QuestionSet, find_set
from eval.tables import results_table
from eval.workspace import scratch_service
from rag.config import Settings, load_settings
from rag.errors import ConfigurationError, ReportQAError
from rag.types import Answer, Turn


class Counted:
    """A service whose answers are counted by who gave them; also adds up tokens and the times to a first sentence."""

    def __init__(self, service: Asks) -> None:
        self._service = service
        self.answered_by: Counter[str] = Counter()
        self.first_sentence_ms: list[float] = []
        self.tokens_in = 0
        self.tokens_out = 0

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Ask the service and count its answer."""
        answer = self._service.ask(question, history=history)
        kind = answer.answered_by if answer.status == "answered" else "refused"
        self.answered_by[kind + (" with a note" if answer.notes else "")] += 1
        self.first_sentence_ms += [answer.timings_ms[name] for name in answer.timings_ms if name == "first_sentence"]
        self.tokens_in += answer.tokens_in
        self.tokens_out += answer.tokens_out
        sys.stderr.write(f"{answer.answered_by}: {question} -> {answer.text} {' '.join(answer.notes)}\n")
        return answer

    def text(self, report_id: str) -> str:
        """The stored text of a report."""
        return self._service.text(report_id)


def choose(items: Sequence[GoldQuestion], every: int) -> list[GoldQuestion]:
    """Return all unanswerable questions and every n-th of the others, in order."""
    answerable = [item for item in items if item.answerable][::every]
    kept = {item.id for item in answerable} | {item.id for item in items if not item.answerable}
    return [item for item in items if item.id in kept]


def measure(items: Sequence[GoldQuestion], asked: QuestionSet, settings: Settings, out: Path) -> tuple[Result, Counted]:
    """Ask the questions with ``settings`` and write the result down."""
    with scratch_service(settings, asked.corpus) as service:
        counted = Counted(service)
        with stopwatch() as watch:
            rows = run_answers(items, counted)
    result = record_answers("answers", asked, settings, rows, watch.seconds)
    write_result(result, rows, out)
    return result, counted


def main(argv: Sequence[str] | None = None) -> int:
    """Measure both; 2 when no model is set or a set is missing."""
    parser = argparse.ArgumentParser(prog="python -m eval.run_llm", description=__doc__)
    parser.add_argument("--set", default="samples")
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path, default=RUNS)
    options = parser.parse_args(argv)
    console = Console()
    try:
        settings = load_settings()
        if not settings.llm:
            raise ConfigurationError("REPORT_QA_LLM is not set; there is nothing to compare")
        asked = find_set(options.set)
        items = choose(read_questions(asked.gold, corpus=asked.corpus), options.every)[: options.limit]
        reader, _ = measure(items, asked, settings.model_copy(update={"llm": None}), options.out)
        model, counted = measure(items, asked, settings, options.out)
    except ReportQAError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    console.print(results_table([reader, model]))
    console.print(dict(counted.answered_by), f"tokens in {counted.tokens_in}, out {counted.tokens_out}")
    firsts = sorted(counted.first_sentence_ms)
    console.print(f"first sentence: median {firsts[len(firsts) // 2]:.0f} ms" if firsts else "no sentence let through")
    return 0


if __name__ == "__main__":
    sys.exit(main())
