"""Follow-ups that the rules leave open, put as whole questions by a model held to the words of the dialogue."""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from rag.answer_cache import Cache
from rag.asking.followups import MAX_CHARS
from rag.asking.knowledge import Knowledge
from rag.asking.question import Question
from rag.asking.understanding import understand_alone
from rag.chat import ChatModel, Message, Piece
from rag.errors import ProviderError
from rag.folding import fold
from rag.prompting import as_material, load_prompt
from rag.types import Turn
from rag.writing.account import Account
from rag.writing.restating import is_open, keeps_to, keeps_wish, lacks_place, leans_on_others

LOG = logging.getLogger(__name__)
MAX_SECONDS = 20.0
SHOWN_TURNS, SHOWN_CHARS = 3, 200
ZH_GRAMMAR = 'root ::= [^。！？?\\n\\[\\]<>*#`]{4,120} "？"\n'
EN_GRAMMAR = 'root ::= [A-Z] [^\\n\\[\\]<>*#`?]{10,250} "?"\n'
LABELS = {"zh": ("问", "答", "："), "en": ("Q", "A", ": ")}
LEAD = re.compile(r"^(改写|问题|rewritten|question)\s*[:：]\s*", re.IGNORECASE)
MARKERS = re.compile(r"\s*\[\d+\]")


class Completer:
    """Asks a model for what a follow-up means; safe to share between threads."""

    def __init__(self, model: ChatModel, *, max_seconds: float = MAX_SECONDS) -> None:
        """``max_seconds`` is all the time the model gets for its one reply."""
        self._model = model
        self._max_seconds = max_seconds
        self._kept: Cache[str, str] = Cache()

    def complete(self, question: Question, history: Sequence[Turn], knowledge: Knowledge, account: Account) -> Question:
        """Return the question as the model completes it where the rules left it open, else, or on any doubt, as it is.

        One call, paid for once; ``account`` takes its tokens and its prompt's hash.
        """
        turns = [turn for turn in history if turn.question.strip()][-SHOWN_TURNS:]
        alone = understand_alone(question.original, knowledge)
        if not turns or len(question.original) > MAX_CHARS or not is_open(question, alone, turns, knowledge):
            return question
        try:
            text = self._ask(question, turns, account)
        except ProviderError as error:
            LOG.warning("a follow-up stays as the rules complete it: %s", error)
            return question
        return _completed(text, question, alone, turns, knowledge)

    def _ask(self, question: Question, turns: Sequence[Turn], account: Account) -> str:
        prompt = load_prompt("standalone", question.language)
        account.prompts[prompt.name] = prompt.hash
        filled = prompt.fill(
            {"history": _history(turns, question.language), "question": as_material(question.original)}
        )
        if kept := self._kept.get(filled):
            return kept
        grammar = ZH_GRAMMAR if question.language == "zh" else EN_GRAMMAR
        pieces: queue.SimpleQueue[Piece | ProviderError | None] = queue.SimpleQueue()
        stopped = threading.Event()
        worker = threading.Thread(
            target=_reply, args=(self._model, (Message("user", filled),), grammar, pieces, stopped), daemon=True
        )
        worker.start()
        try:
            text = self._collect(pieces, account)
        finally:
            stopped.set()
        self._kept.put(filled, text)
        return text

    def _collect(self, pieces: queue.SimpleQueue[Piece | ProviderError | None], account: Account) -> str:
        deadline, text = time.monotonic() + self._max_seconds, ""
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty as error:
                raise ProviderError(f"{self._model.name} took longer than {self._max_seconds:g} s") from error
            if piece is None or len(text) > MAX_CHARS:
                return text
            if isinstance(piece, ProviderError):
                raise piece
            account.tokens_in += piece.tokens_in
            account.tokens_out += piece.tokens_out
            text += piece.text


def _reply(
    model: ChatModel,
    messages: Sequence[Message],
    grammar: str,
    pieces: queue.SimpleQueue[Piece | ProviderError | None],
    stopped: threading.Event,
) -> None:
    """Put the pieces of one reply into the queue, None after the last; the model stops once ``stopped`` is set."""
    try:
        with closing(model.stream(messages, grammar=grammar)) as stream:
            for piece in stream:
                pieces.put(piece)
                if stopped.is_set():
                    return
    except ProviderError as error:
        pieces.put(error)
    pieces.put(None)


def _history(turns: Sequence[Turn], language: str) -> str:
    asked, answered, colon = LABELS[language]
    rows = []
    for turn in turns:
        answer = MARKERS.sub("", as_material(turn.answer))[:SHOWN_CHARS]
        rows += [f"{asked}{colon}{as_material(turn.question)[:MAX_CHARS]}", f"{answered}{colon}{answer}"]
    return "\n".join(rows)


def _completed(text: str, question: Question, alone: Question, turns: Sequence[Turn], knowledge: Knowledge) -> Question:
    """Return the model's version where it says nothing of its own, keeps what was asked and leaves nothing open."""
    text = LEAD.sub("", text.strip().partition("\n")[0]).strip()
    earlier = {fold(turn.question) for turn in turns} | {fold(question.original), fold(question.standalone)}
    if not text or len(text) > MAX_CHARS or fold(text) in earlier:
        return question
    said = [question.original, question.standalone, *(row for turn in turns for row in (turn.question, turn.answer))]
    completed = understand_alone(text, knowledge)
    closed = not leans_on_others(completed) and not lacks_place(completed, turns, knowledge)
    if closed and keeps_to(text, said, knowledge) and keeps_wish(completed, alone):
        return replace(completed, original=question.original)
    LOG.info("a follow-up stays as the rules complete it: the model's version does not keep to the dialogue")
    return question
