"""Stand-ins for a language model, to measure what finding and verification leave to any model.

``PerfectModel`` replies with the reference answer and quotes its evidence where it is shown all of it: what then comes
out is the ceiling. ``LyingModel`` quotes true words and states them with one thing altered: none of that may come out.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from eval.dataset import GoldQuestion
from eval.text_matching import normalise
from rag.answering.chat import Message, Piece

SPAN = re.compile(r"^\[(\d+)\]([^\n]*)\n", re.MULTILINE)
EVIDENCE = re.compile(r"<evidence>\n?(.*?)\n?</evidence>", re.DOTALL)
QUESTION = re.compile(r"<question>(.*?)</question>", re.DOTALL)
FIGURE = re.compile(r"\d+(?:\.\d+)?")
OPPOSITES = ("增长/下降", "增加/减少", "提高/降低", "亿/万", "完成/力争", "以上/以下")
CLAUSE_CHARS = range(9, 120)
PIECE_CHARS = 7


@dataclass(slots=True)
class Seen:
    """What a stand-in was asked: characters of each prompt, calls by question, questions it lacked evidence for."""

    prompt_chars: list[int] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    incomplete: set[str] = field(default_factory=set)


class StandIn:
    """A chat model whose reply is computed from the material it is shown."""

    name = "stand-in:model"

    def __init__(self) -> None:
        self.seen = Seen()

    def stream(self, messages: Sequence[Message], *, grammar: str = "") -> Generator[Piece, None, None]:
        """Reply in pieces; a call without evidence, for the standalone question, gets none."""
        material = messages[-1].text
        if not EVIDENCE.search(material):
            return
        self.seen.prompt_chars.append(sum(len(message.text) for message in messages))
        found = QUESTION.findall(material)
        question = found[-1].strip() if found else ""
        self.seen.calls[question] += 1
        before = [message.text for message in messages[:-1] if message.role == "user"]
        reply = self.reply(question, before[-1] if before else "", spans_of(material))
        for start in range(0, len(reply), PIECE_CHARS):
            yield Piece(reply[start : start + PIECE_CHARS])

    def reply(self, question: str, before: str, spans: Mapping[int, str]) -> str:
        """Return the reply to a question, asked after the question ``before``, over spans by number."""
        raise NotImplementedError

    def close(self) -> None:
        """Hold nothing."""


def spans_of(material: str) -> dict[int, str]:
    """The numbered spans of the material, without their label lines."""
    body = EVIDENCE.findall(material)[-1]
    marks = list(SPAN.finditer(body))
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    return {int(mark[1]): body[mark.end() : end].strip("\n") for mark, end in zip(marks, ends, strict=True)}


class PerfectModel(StandIn):
    """Knows the gold set: dialogues' turns are told apart by the question before."""

    def __init__(self, items: Sequence[GoldQuestion], before: Sequence[str] = ()) -> None:
        super().__init__()
        known = before or [""] * len(items)
        self._items = {(item.question, was): item for item, was in zip(items, known, strict=True)}

    def reply(self, question: str, before: str, spans: Mapping[int, str]) -> str:
        """Return the reference answer with its evidence, ask once for more where it is incomplete, else refuse."""
        item = self._items.get((question, before)) or self._items.get((question, ""))
        if item is None or not item.answerable:
            return _line(not_found=item.answer if item else "")
        quotes = [_quote(span.quote, spans) for span in item.evidence]
        if all(quotes):
            self.seen.incomplete.discard(item.id)
            return _line(claim=item.answer, quotes=quotes)
        asked_before = item.id in self.seen.incomplete
        self.seen.incomplete.add(item.id)
        return _line(not_found="") if asked_before else _line(look_for=[question])


class LyingModel(StandIn):
    """States a true clause with one thing altered, drawn by a fixed seed; ``told`` are the lies by kind."""

    def __init__(self, seed: int = 5) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self.told: Counter[str] = Counter()
        self.last = ("", "")

    def reply(self, question: str, before: str, spans: Mapping[int, str]) -> str:
        """Return one altered claim."""
        clauses = [(n, each) for n, text in spans.items() for each in re.split(r"[。；;\n]", text)]
        clauses = [row for row in clauses if len(row[1]) in CLAUSE_CHARS]
        told = [row for row in clauses if FIGURE.search(row[1])] or clauses
        if not told:
            return _line(not_found="")
        number, clause = self._chance.choice(told)
        kind, false = self._altered(clause)
        if any(normalise(false) in normalise(text) for text in spans.values()):  # another report's truth
            return _line(not_found="")
        self.told[kind] += 1
        self.last = (kind, false)
        quote = false if kind == "quote" else clause
        return _line(claim=false + "。", quotes=[{"n": number, "quote": quote}])

    def _altered(self, clause: str) -> tuple[str, str]:
        ways = [("year", "2031年" + clause), ("place", "云梦泽县" + clause)]
        if FIGURE.search(clause):
            ways.append(("figure", FIGURE.sub(self._other, clause, count=1)))
            ways.append(("quote", FIGURE.sub(lambda match: str(int(float(match[0])) + 3), clause)))
        for pair in OPPOSITES:
            one, other = pair.split("/")
            if one in clause:
                ways.append((pair, clause.replace(one, other, 1)))
        return self._chance.choice(ways)

    def _other(self, match: re.Match[str]) -> str:
        return str(int(float(match[0])) + self._chance.randint(1, 9))


def _quote(words: str, spans: Mapping[int, str]) -> dict[str, object] | None:
    wanted = normalise(words)
    found = next((number for number, text in spans.items() if wanted in normalise(text)), None)
    return None if found is None else {"n": found, "quote": words}


def _line(**values: object) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
