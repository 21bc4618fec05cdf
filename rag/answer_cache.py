"""Answers a model has written, kept in memory so that the same question is not paid for twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from rag.types import Answer, Scope

MAX_ANSWERS = 512


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Everything an answer depends on; ``prompts`` are the hashes of the prompts, ``version`` the catalogue's."""

    question: str
    language: str
    scope: Scope
    model: str
    prompts: tuple[str, ...]
    version: int


class AnswerCache:
    """Keeps the answers used last; safe to share between threads."""

    def __init__(self, *, max_answers: int = MAX_ANSWERS) -> None:
        self._max_answers = max_answers
        self._answers: OrderedDict[AnswerKey, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: AnswerKey) -> Answer | None:
        """Return the answer kept under ``key``, None when there is none."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: AnswerKey, answer: Answer) -> None:
        """Keep an answer; the one used longest ago makes room."""
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._max_answers:
                self._answers.popitem(last=False)
