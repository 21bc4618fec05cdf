"""Answers with a language model: its verified sentences, and the evidence reader's where it fails."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from rag.answer_cache import AnswerCache, AnswerKey
from rag.answering.choosing import Case
from rag.answering.draft import Draft, Statement, cite
from rag.asking.knowledge import Knowledge
from rag.asking.question import Question
from rag.prompting import PROMPTS, load_prompt
from rag.types import Answer, Event, Turn, Understood
from rag.writing.account import Account
from rag.writing.completing import Completer
from rag.writing.conveying import Written, unsaid
from rag.writing.marks import Marks
from rag.writing.material import Material
from rag.writing.wishes import Wish, find_wish
from rag.writing.writer import Writer

LOG = logging.getLogger(__name__)
EVIDENCE = "evidence"
NOTES = {
    "zh": {
        "failure": "语言模型没有答完（{}），由证据阅读器回答。",
        "problems": "语言模型的句子没有通过核对（{}），由证据阅读器回答。",
        "unsaid": "语言模型没有说到的，由证据阅读器补充。",
        "empty": "语言模型没有给出可用的句子，由证据阅读器回答。",
    },
    "en": {
        "failure": "The language model did not finish ({}); the evidence reader answers.",
        "problems": "A sentence of the language model failed verification ({}); the evidence reader answers.",
        "unsaid": "The evidence reader adds what the language model left out.",
        "empty": "The language model gave no usable sentence; the evidence reader answers.",
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was understood and read: its case, what the reader drafts, and when it began.

    ``account`` holds what a model's help with understanding it cost.
    """

    case: Case
    draft: Draft
    began: float
    account: Account = field(default_factory=Account)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def understood(self) -> Understood:
        """What was made of the question."""
        row = self.case.question
        return Understood(row.standalone, row.places, row.years, row.language)


@dataclass(slots=True)
class _Reply:
    """An answer in the making."""

    language: str
    marks: Marks = field(default_factory=Marks)
    text: str = ""
    sentences: list[Written] = field(default_factory=list)
    first_ms: float | None = None

    def add(self, words: str, *, opens_line: bool = False) -> str:
        """Append a sentence; return what was appended."""
        gap = "" if not self.text else "\n" if opens_line else " " if self.language == "en" else ""
        piece = gap + words + ("." if self.language == "en" else "。")
        self.text += piece
        return piece


class Replier:
    """Replies with a model where there is something to write; safe to share between threads."""

    def __init__(self, writer: Writer, completer: Completer, cache: AnswerCache) -> None:
        self._writer = writer
        self._completer = completer
        self._cache = cache
        names = [load_prompt(name, language) for name in PROMPTS for language in ("zh", "en")]
        self._prompts = tuple(f"{prompt.name}:{prompt.hash}" for prompt in names)

    @property
    def name(self) -> str:
        """The model's name, "provider:model"."""
        return self._writer.name

    def close(self) -> None:
        """Give back what the model holds."""
        self._writer.close()

    def complete(self, question: Question, history: Sequence[Turn], knowledge: Knowledge, account: Account) -> Question:
        """Let the model complete a follow-up that the rules left open; ``account`` takes what that costs."""
        return self._completer.complete(question, history, knowledge, account)

    def reply(self, asked: Asked) -> Generator[Event, None, None] | None:
        """Return the events from "evidence" to "done"; None where the evidence reader's answer stands as it is.

        Every token is a verified sentence, or empty while the model is still at it. Closing the generator stops the
        model.
        """
        wish = find_wish(asked.case.question)
        material = self._writer.gather(asked.case, asked.draft, wish) if wish else Material((), asked.draft)
        if wish is None or not material.citations:
            return None
        key = self._key(asked)
        kept = self._cache.get(key)
        return _again(kept, asked) if kept else self._write(asked, wish, material, key)

    def _key(self, asked: Asked) -> AnswerKey:
        case = asked.case
        question = case.question
        return AnswerKey(
            question.standalone, question.language, case.scope, self.name, self._prompts, case.corpus.version
        )

    def _write(self, asked: Asked, wish: Wish, material: Material, key: AnswerKey) -> Generator[Event, None, None]:
        case, account = asked.case, asked.account
        reply = _Reply(case.question.language)
        yield Event("evidence", material.citations)
        with closing(self._writer.write(case, wish, material, account)) as sentences:
            for written in sentences:
                if written is None:
                    yield Event("token", "")
                    continue
                reply.first_ms = reply.first_ms or 1000 * (time.perf_counter() - asked.began)
                reply.sentences.append(written)
                piece = reply.add(reply.marks.sentence(written.parts), opens_line=written.opens_line)
                yield Event("token", piece)
        rest = _rest(wish, material, reply, account, asked)
        for statement in rest:
            yield Event("token", reply.add(reply.marks.statement(statement, case.corpus)))
        answer = self._answer(asked, reply, account, _notes(reply, rest, account))
        if reply.sentences and not account.failure:
            self._cache.put(key, answer)
        yield Event("citations", answer.citations)
        yield Event("done", answer)

    def _answer(self, asked: Asked, reply: _Reply, account: Account, notes: tuple[str, ...]) -> Answer:
        total = 1000 * (time.perf_counter() - asked.began)
        timings = asked.timings_ms | {"write": total - sum(asked.timings_ms.values()), "total": total}
        LOG.info("%s: %d tokens in, %d out, %.0f ms", self.name, account.tokens_in, account.tokens_out, total)
        return Answer(
            answer_id=uuid.uuid4().hex,
            status="answered" if reply.text else "not_found",
            text=reply.text or asked.draft.reason,
            answered_by=self.name if reply.sentences else EVIDENCE,
            citations=reply.marks.citations,
            understood=asked.understood,
            timings_ms=timings | ({"first_sentence": reply.first_ms} if reply.first_ms else {}),
            notes=notes,
            prompt_hashes=dict(account.prompts),
            tokens_in=account.tokens_in,
            tokens_out=account.tokens_out,
        )


def _rest(wish: Wish, material: Material, reply: _Reply, account: Account, asked: Asked) -> Sequence[Statement]:
    """What the reader still has to say: all that was left out; of an open request the points that are missing."""
    statements = material.reply.statements
    if not reply.sentences:
        return statements
    left = unsaid(statements, reply.sentences, asked.case.question)
    if not wish.open_ended:
        return left
    is_short = account.failure or account.problems or wish.prompt == "summarise"
    return left[: max(0, wish.points - len(reply.sentences))] if is_short else ()


def _notes(reply: _Reply, rest: Sequence[Statement], account: Account) -> tuple[str, ...]:
    words = NOTES[reply.language]
    if account.failure:
        return (words["failure"].format(account.failure),)
    if account.problems:
        # The kinds only: the words that failed must not come out here either.
        return (words["problems"].format(", ".join(dict.fromkeys(row.kind for row in account.problems))),)
    if not reply.sentences:
        return (words["empty"],)
    return (words["unsaid"],) if rest else ()


def _again(kept: Answer, asked: Asked) -> Generator[Event, None, None]:
    """Give a kept answer once more; only completing the question cost tokens."""
    total = 1000 * (time.perf_counter() - asked.began)
    answer = replace(
        kept,
        answer_id=uuid.uuid4().hex,
        understood=asked.understood,
        timings_ms=asked.timings_ms | {"total": total},
        tokens_in=asked.account.tokens_in,
        tokens_out=asked.account.tokens_out,
    )
    yield Event("evidence", answer.citations)
    yield Event("token", answer.text)
    yield Event("citations", answer.citations)
    yield Event("done", answer)


def plain_answer(asked: Asked) -> Answer:
    """Write the evidence reader's own answer."""
    draft, began = asked.draft, time.perf_counter()
    text, citations = cite(draft, asked.case.corpus, language=asked.case.question.language)
    ended = time.perf_counter()
    timings = asked.timings_ms | {"total": 1000 * (ended - asked.began)}
    timings["read"] = timings.get("read", 0.0) + 1000 * (ended - began)
    return Answer(
        answer_id=uuid.uuid4().hex,
        status="answered" if draft.statements else "not_found",
        text=text if draft.statements else draft.reason,
        answered_by=EVIDENCE,
        citations=citations,
        understood=asked.understood,
        timings_ms=timings,
        prompt_hashes=dict(asked.account.prompts),
        tokens_in=asked.account.tokens_in,
        tokens_out=asked.account.tokens_out,
    )


def plain_events(asked: Asked) -> Iterator[Event]:
    """Tell the evidence reader's own answer from "evidence" to "done", a token a statement."""
    answer = plain_answer(asked)
    yield Event("evidence", answer.citations)
    for sentence in re.findall(r".+?(?:[；。\n]|; |$)", answer.text, re.DOTALL):
        yield Event("token", sentence)
    yield Event("citations", answer.citations)
    yield Event("done", answer)


def last_answer(events: Iterator[Event]) -> Answer:
    """Run a stream to its end and return the answer, which is its last event."""
    return next(event.value for event in events if isinstance(event.value, Answer))
