"""What the sentences let through so far say of what the evidence reader would say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.answering.draft import Statement
from rag.answering.support import Problem
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.numerals import QUANTITY, find_numbers
from rag.types import Citation
from rag.writing.grounding import Carried, Part
from rag.writing.subjects import HAN_PAIR

NUMERIC = frozenset({Kind.FIGURE})
UNFOLDED = frozenset({Kind.LIST, Kind.DEFINITION})
MAX_ANSWER_CHARS, LENGTH_FACTOR = 100, 1.5
MIN_SAID_FIRST, MIN_SAID, MIN_SAID_UNFOLDED = 0.15, 0.35, 0.6
MIN_NEW_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence let through; ``opens_line`` when it begins a line of its own."""

    parts: tuple[Part, ...]
    opens_line: bool = False

    @property
    def words(self) -> str:
        """The sentence without markers and closing mark."""
        return "".join(part.words + part.joint for part in self.parts)


@dataclass(slots=True)
class Progress:
    """What has been let through so far; ``awaited`` are the statements of which the first sentence says one."""

    limit: int
    question: Question
    awaited: Sequence[Statement] = ()
    carried: Carried = field(default_factory=Carried)
    said: set[str] = field(default_factory=set)

    def beside_the_point(self, written: Written) -> list[Problem]:
        """Return a problem for a first sentence that does not answer, or one far longer than the answer."""
        if not self.awaited:
            return []
        longest = max(len(row.text) for row in self.awaited)
        if len(written.words) > max(MAX_ANSWER_CHARS, LENGTH_FACTOR * longest):
            return [Problem("length", written.words, "is too long; give the answer only")]
        if self.said or len(unsaid(self.awaited, [written], self.question, share=MIN_SAID_FIRST)) < len(self.awaited):
            return []
        return [Problem("relevance", written.words, "does not answer the question")]

    @property
    def is_full(self) -> bool:
        """Whether enough has been said."""
        return len(self.said) >= self.limit

    def has(self, words: str) -> bool:
        """Tell whether a sentence was let through before."""
        return fold(words) in self.said

    def take(self, words: str) -> None:
        """Remember a sentence that was let through."""
        self.said.add(fold(words))


def unsaid(
    statements: Sequence[Statement], sentences: Sequence[Written], question: Question, *, share: float = 0.0
) -> list[Statement]:
    """Return the reader's statements that the sentences let through do not convey, in order.

    ``share`` is how much of a statement beyond the question's own words must be said, 0 for what is usual.
    """
    share = share or (MIN_SAID_UNFOLDED if question.kind in UNFOLDED or len(question.asks) > 1 else MIN_SAID)
    cited = [row for sentence in sentences for part in sentence.parts for row in part.citations]
    said = fold(" ".join(sentence.words for sentence in sentences))
    return [row for row in statements if not _conveys(row, cited, said, question, share)]


def _conveys(statement: Statement, cited: Sequence[Citation], said: str, question: Question, share: float) -> bool:
    proven = any(
        row.report_id == proof.report_id and row.start < proof.end and proof.start < row.end
        for row in cited
        for proof in statement.proofs
    )
    if not proven:
        return False
    if question.kind in NUMERIC:
        values = _values(statement.text)
        return not values or bool(values & _values(said))
    pairs = set(HAN_PAIR.findall(fold(statement.text)))
    new = pairs - set(HAN_PAIR.findall(fold(question.standalone)))
    pairs = new if len(new) >= MIN_NEW_PAIRS else pairs
    if not pairs or not HAN_PAIR.search(said):
        return True
    return len(pairs & set(HAN_PAIR.findall(said))) >= share * len(pairs)


def _values(text: str) -> set[float]:
    return {number.value for number in find_numbers(text) if number.kind == QUANTITY}
