"""Understands the many readings of a dialogue's turns, each text once."""

from __future__ import annotations

from rag.asking.knowledge import Knowledge
from rag.asking.question import Question
from rag.asking.understanding import understand_alone


class Reader:
    """Remembers what it has understood; made for one question and its history."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._read: dict[str, Question] = {}

    def read(self, text: str) -> Question:
        """Understand ``text`` as if it stood alone."""
        if text not in self._read:
            self._read[text] = understand_alone(text, self.knowledge)
        return self._read[text]
