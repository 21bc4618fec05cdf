"""A question on its way: what was asked, what it was understood to mean, and what is known of its cost so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from rag.answering.chat import Piece
from rag.answering.items import Item
from rag.finding.corpus import Corpus
from rag.finding.followups import searches, with_history
from rag.finding.gathering import Evidence
from rag.finding.piles import PileQuestion, read_pile
from rag.finding.scope import QuestionScope, read_scope
from rag.language.periods import with_full_years
from rag.language.places import Gazetteer
from rag.language.scripts import language_of, wordings
from rag.types import Scope, Turn, Understood

MAX_TITLES = 3


@dataclass(slots=True)
class Account:
    """What a model's work on one question cost: tokens, calls, and the prompts used (name to hash)."""

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0
    prompts: dict[str, str] = field(default_factory=dict)

    def add(self, piece: Piece) -> None:
        """Count the tokens of a piece."""
        self.tokens_in += piece.tokens_in
        self.tokens_out += piece.tokens_out


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood; ``searches`` are the texts evidence is gathered for.

    ``standalone`` is the question completed by a model, "" where it stood alone or the rules completed it. ``pile`` is
    what was made of a question over many reports; None where it is not one. ``wishes`` are about how to write.
    """

    question: str
    language: str
    scope: QuestionScope
    corpus: Corpus
    searches: tuple[str, ...]
    history: tuple[Turn, ...] = ()
    standalone: str = ""
    pile: PileQuestion | None = None
    wishes: str = ""
    account: Account = field(default_factory=Account)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def understood(self) -> Understood:
        """What was made of the question."""
        return Understood(self.standalone or self.question, self.scope.places, self.scope.years, self.language)


# Completes a question from the turns before it, in its language, at the account's cost; "" where it stands alone.
Complete = Callable[[str, Sequence[Turn], str, Account], str]


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


def understand(
    question: str,
    history: Sequence[Turn],
    given: Scope,
    corpus: Corpus,
    gazetteer: Gazetteer,
    complete: Complete | None,
) -> Asked:
    """Find out what a question means: what it leans on, the places and years it names, whether it asks many reports.

    Where turns came before it, a model may ``complete`` it; else rules do.
    """
    language, account = language_of(question), Account()
    turns = tuple(turn for turn in history if turn.question.strip())
    standalone = complete(question, turns, language, account) if turns and complete else ""
    reports = tuple(corpus.summaries.values())
    text = with_full_years(standalone or question, corpus.years)
    before = tuple(replace(turn, question=with_full_years(turn.question, corpus.years)) for turn in turns)
    scope = read_scope(text, reports, gazetteer, given)
    if turns and not standalone:
        scope = with_history(scope, text, before, reports, gazetteer, given)
    texts = searches(text, () if standalone else before, gazetteer)
    pile = read_pile(text, language, scope, corpus, gazetteer)
    return Asked(question, language, scope, corpus, texts, turns, standalone, pile, account=account)


def refusal(asked: Asked) -> str:
    """Return one or two sentences in the question's language: that nothing was found, and where was looked."""
    words = wordings(asked.language)
    text: str = words["not_found"]
    if asked.scope.missing:
        text += words["no_report"].format(words["comma"].join(asked.scope.missing))
    titles = [asked.corpus.summaries[key].profile.title for key in asked.scope.report_ids[:MAX_TITLES]]
    quoted = [words["title"].format(title) for title in titles if title]
    return text + words["looked"].format(words["comma"].join(quoted)) if quoted else text
