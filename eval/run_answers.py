"""Answer and dialogue runs: ask, score, one row a question."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from eval.dataset import Dialogue, GoldQuestion
from eval.scoring import Row, score
from rag.errors import ReportQAError
from rag.types import Answer, Turn, Understood


class Asks(Protocol):
    """What can be asked: the service, or anything that answers like it."""

    def ask(self, question: str, *, history: Sequence[Turn] = ...) -> Answer:
        """Answer a question, or say that the reports do not tell."""
        ...

    def text(self, report_id: str) -> str:
        """Stored text of a report, the one citations' offsets refer to."""
        ...


def _answer(question: str, service: Asks, history: Sequence[Turn]) -> Answer:
    """The answer; a failure is an answer with status "failed", so that it counts as wrong and is never left out."""
    try:
        return service.ask(question, history=history)
    except ReportQAError as error:
        return Answer("", "failed", str(error), "", (), Understood(question, (), (), ""))


def _asked(item: GoldQuestion, service: Asks, history: Sequence[Turn]) -> tuple[Row, Answer]:
    began = time.perf_counter()
    answer = _answer(item.question, service, history)
    seconds = time.perf_counter() - began
    texts = {citation.report_id: service.text(citation.report_id) for citation in answer.citations}
    return score(item, answer, texts, seconds=seconds), answer


def run_answers(items: Iterable[GoldQuestion], service: Asks) -> tuple[Row, ...]:
    """Ask every question by itself, in order."""
    return tuple(_asked(item, service, ())[0] for item in items)


def _run_dialogue(dialogue: Dialogue, service: Asks) -> list[Row]:
    rows: list[Row] = []
    history: list[Turn] = []
    for turn in dialogue.turns:
        row, answer = _asked(turn, service, history)
        rows.append(row)
        history.append(Turn(turn.question, answer.text))
    return rows


def run_dialogues(dialogues: Iterable[Dialogue], service: Asks) -> tuple[Row, ...]:
    """Hold every dialogue, each turn with the service's own earlier answers as history; one row a turn."""
    return tuple(row for dialogue in dialogues for row in _run_dialogue(dialogue, service))
