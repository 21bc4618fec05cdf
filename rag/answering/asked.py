"""A question on its way: what was asked, what it was understood to mean, and what is known of its cost so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.answering.items import Item
from rag.finding.corpus import Corpus
from rag.finding.evidence import Evidence
from rag.finding.piles import PileQuestion
from rag.finding.scope import QuestionScope
from rag.types import Turn, Understood


@dataclass(slots=True)
class Account:
    """What a model's work on one question cost: tokens, calls, and the prompts used (name to hash)."""

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0
    prompts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood; ``searches`` are the texts evidence is gathered for.

    ``standalone`` is the question completed by a model, "" where it stood alone or the rules completed it. ``pile`` is
    what was made of a question over many reports; None where it is not one.
    """

    question: str
    language: str
    scope: QuestionScope
    corpus: Corpus
    searches: tuple[str, ...]
    history: tuple[Turn, ...] = ()
    standalone: str = ""
    pile: PileQuestion | None = None
    account: Account = field(default_factory=Account)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def understood(self) -> Understood:
        """What was made of the question."""
        return Understood(self.standalone or self.question, self.scope.places, self.scope.years, self.language)


class Answerer(Protocol):
    """Whoever yields claims from evidence: a language model, or the extractive reader."""

    name: str
    evidence_chars: int

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item | None]:
        """Yield what is to be said, in order, None while nothing is complete; ``problems`` were in an earlier reply.

        Raises:
            ProviderError: a model cannot be asked or breaks off.
        """
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...
