"""``report-qa feedback``: what readers thought of answers, and as candidates for a gold set.

A candidate is a line of the gold format (:mod:`eval.dataset`) that somebody still has to judge: of an answer that was
called wrong, reference and evidence are empty. What was ``said`` and ``cited``, ``rating`` and ``comment`` stand beside
it, and no run reads them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from eval.dataset import Evidence, GoldQuestion, read_rows
from eval.text_matching import states
from rag.cli.arguments import Parser
from rag.cli.output import say_json, say_table
from rag.config import load_settings
from rag.errors import BadInputError
from rag.language.numerals import QUANTITY, find_numbers
from rag.language.scripts import language_of

MARKER = re.compile(r"\[\d+\]")


class Earlier(BaseModel):
    """A turn before the one that was judged."""

    model_config = ConfigDict(frozen=True)

    question: str
    answer: str


class Cited(BaseModel):
    """Words the answer cited."""

    model_config = ConfigDict(frozen=True)

    source: str
    quote: str


class Opinion(BaseModel):
    """A line of the service's ``feedback.jsonl``."""

    model_config = ConfigDict(frozen=True)

    id: str
    rating: Literal["up", "down"]
    time: str = ""
    comment: str = ""
    question: str = ""
    answer: str = ""
    status: str = ""
    citations: tuple[Cited, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    history: tuple[Earlier, ...] = ()


def main(argv: Sequence[str]) -> int:
    """List the opinions, or write candidates for a gold set.

    Raises:
        BadInputError: the arguments or the file of opinions are wrong, or the file of candidates is there already.
    """
    parser = Parser(prog="report-qa feedback", description="What readers thought of answers.")
    parser.add_argument("--gold", type=Path, metavar="FILE", help="write them as candidates for a gold set")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")
    options = parser.parse_args(argv)
    opinions = read_opinions(load_settings().data_dir / "feedback.jsonl")
    if options.gold:
        _write(options.gold, opinions)
    elif options.json:
        say_json({"opinions": [each.model_dump() for each in opinions]})
    else:
        say_table(
            ("time", "rating", "question", "comment"), ((o.time, o.rating, o.question, o.comment) for o in opinions)
        )
    return 0


def read_opinions(path: Path) -> tuple[Opinion, ...]:
    """Return the last opinion of each answer, oldest first; none where nobody gave one.

    Raises:
        BadInputError: a line is none.
    """
    rows = read_rows(path, Opinion, key="rating") if path.exists() else ()
    last: dict[str, Opinion] = {}
    for row in rows:
        last.pop(row.id, None)
        last[row.id] = row
    return tuple(last.values())


def candidate(opinion: Opinion) -> dict[str, Any]:
    """Return an opinion as a line of a gold set: a question, or a dialogue where others came before it."""
    cited = [each.model_dump() for each in opinion.citations]
    beside = {"rating": opinion.rating, "comment": opinion.comment, "said": opinion.answer, "cited": cited}
    name = f"feedback-{opinion.id[:12]}"
    turn = _question(opinion, name)
    if not opinion.history:
        return turn | beside
    before = [_earlier(each) for each in opinion.history]
    return {"id": name, "turns": [*before, turn]} | beside


def _question(opinion: Opinion, name: str) -> dict[str, Any]:
    is_good = opinion.rating == "up"
    answer = MARKER.sub("", opinion.answer) if is_good else ""
    cited = opinion.citations if is_good else ()
    item = GoldQuestion(
        id=name,
        question=opinion.question,
        lang=language_of(opinion.question),
        type="fact",
        tags=("feedback",),
        answer=answer,
        must_include=_facts(answer, [each.quote for each in cited]),
        answerable=not (is_good and opinion.status == "not_found"),
        evidence=tuple(Evidence(doc=PurePath(each.source).stem, quote=each.quote) for each in cited),
        places=opinion.places,
        years=opinion.years,
    )
    return item.model_dump(mode="json")


def _earlier(turn: Earlier) -> dict[str, Any]:
    answer = MARKER.sub("", turn.answer)
    item = GoldQuestion(question=turn.question, lang=language_of(turn.question), answer=answer)
    return item.model_dump(mode="json")


def _facts(answer: str, quotes: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the figures of an answer that its quotes hold as written."""
    held = "\n".join(quotes)
    found = [number.text for number in find_numbers(answer) if number.kind == QUANTITY]
    return tuple((text,) for text in dict.fromkeys(found) if states(held, [text]))


def _write(path: Path, opinions: Sequence[Opinion]) -> None:
    if path.exists():
        raise BadInputError(f"{path} is there already; name a new file")
    lines = [json.dumps(candidate(each), ensure_ascii=False) for each in opinions if each.question]
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise BadInputError(f"cannot write {path}: {error.strerror}") from error
    sys.stderr.write(f"{len(lines)} candidates in {path}; judge each before it counts\n")
