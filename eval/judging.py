"""A language model as judge of answer sentences against their quotes, and how far it agrees with hand labels.

A judge is a second witness, never the only one: answers are verified by rules, and its verdicts are worth what its
agreement with the labels says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eval.dataset import read_rows
from rag.old.answering.claims import split_answer
from rag.answering.chat import ChatModel, Message
from rag.answering.prompting import as_material, load_prompt
from rag.types import Answer, Citation

LABELS = Path(__file__).parent / "gold" / "judgements.jsonl"
GRAMMARS = {"zh": 'root ::= "支持" | "不支持"\n', "en": 'root ::= "supported" | "not supported"\n'}
VERDICT = re.compile(r"(?P<no>不支持|not supported|unsupported)|支持|supported", re.IGNORECASE)


class Pair(BaseModel):
    """A sentence and the quote that is to bear it; ``where`` tells the quote's place, period and section."""

    model_config = ConfigDict(frozen=True)

    sentence: str
    quote: str
    where: str = ""
    lang: str = "zh"


class LabelledPair(Pair):
    """A pair judged by hand; ``alteration`` names what was changed where the quote does not bear the sentence."""

    id: str
    doc: str
    supported: bool
    alteration: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``accuracy`` in [0, 1]; ``kappa`` in [-1, 1], 0 for what chance gives; ``n`` pairs."""

    n: int
    accuracy: float
    kappa: float


def read_labels(path: Path = LABELS) -> tuple[LabelledPair, ...]:
    """Read labelled pairs.

    Raises:
        BadInputError: the file cannot be read or a line is not of the format.
    """
    return read_rows(path, LabelledPair, key="sentence")


def verdict_of(reply: str) -> bool | None:
    """Read a judge's reply by its first verdict; None when it gives none."""
    found = VERDICT.search(reply)
    return None if found is None else found["no"] is None


def judge_pair(pair: Pair, model: ChatModel) -> bool | None:
    """Let a model judge whether the quote bears the sentence; None when its reply is no verdict.

    Raises:
        ProviderError: the model cannot be asked.
    """
    values = {name: as_material(getattr(pair, name)) for name in ("where", "quote", "sentence")}
    task = load_prompt("judge", pair.lang).fill(values)
    with closing(model.stream((Message("user", task),), grammar=GRAMMARS[pair.lang])) as pieces:
        return verdict_of("".join(piece.text for piece in pieces))


def agreement(labels: Sequence[bool], verdicts: Sequence[bool | None]) -> Agreement:
    """Compare verdicts with labels; no verdict is a category of its own, which no label has.

    ``kappa`` is (p_o - p_e) / (1 - p_e), with p_e the agreement that both sides' shares give by chance; 0 where chance
    alone agrees. Source: Cohen 1960, "A coefficient of agreement for nominal scales".

    Raises:
        ValueError: there are no pairs, or not one verdict for each label.
    """
    pairs = list(zip(labels, verdicts, strict=True))
    if not pairs:
        raise ValueError("agreement needs at least one pair")
    n = len(pairs)
    observed = sum(label == verdict for label, verdict in pairs) / n
    given: Counter[bool | None] = Counter(verdicts)
    chance = sum(count * given[label] for label, count in Counter(labels).items()) / n**2
    return Agreement(n, observed, (observed - chance) / (1 - chance) if chance < 1 else 0.0)


def pairs_of(answer: Answer) -> list[Pair]:
    """Pair each cited stretch of an answer with its quotes, in order; none for a refusal."""
    segments = split_answer(answer.text, answer.citations)
    return [
        Pair(
            sentence=segment.text.strip(" ；;。.\n"),
            quote=" ".join(row.quote for row in segment.citations),
            where="; ".join(dict.fromkeys(_where(row) for row in segment.citations)),
            lang=answer.understood.language,
        )
        for segment in segments
        if segment.citations and segment.text.strip(" ；;。.\n")
    ]


def _where(citation: Citation) -> str:
    years = "—".join(str(year) for year in dict.fromkeys((*citation.years[:1], *citation.years[-1:])))
    parts = (citation.place, f"{years}年" if years else "", *citation.section[-1:])
    return " · ".join(part for part in parts if part)
