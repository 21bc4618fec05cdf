"""Answers by a language model: what it is shown, and its reply read item by item."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing

from rag.answering.asked import Account, Asked
from rag.answering.chat import ChatModel, Message, Piece
from rag.answering.items import Item
from rag.answering.prompting import evidence_block, load_prompt, question_block, reports_block
from rag.answering.replies import read_reply
from rag.errors import ProviderError
from rag.finding.gathering import Evidence, shown
from rag.tracing import Attributes, Tracer
from rag.types import Turn

LOG = logging.getLogger(__name__)
SHOWN_TURNS = 4
MAX_TURN_CHARS = 600
MAX_STANDALONE_CHARS = 300
# A small local model keeps to whole sentences, and stops, by this grammar.
GRAMMARS = {
    "zh": 'root ::= sentence sentence? sentence?\nsentence ::= [^。\\n{}<>\\[\\]|#*]{4,160} "。"',
    "en": (
        'root ::= sentence (" " sentence)?\n'
        r'sentence ::= [A-Z] [^.\n{}<>\[\]|#*]{4,240} ("." [0-9] [^.\n{}<>\[\]|#*]{0,200}){0,4} "."'
    ),
}


class ModelAnswerer:
    """Asks a chat model; ``is_local`` models are shown less and write prose, for which code finds the quotes."""

    def __init__(self, model: ChatModel, *, evidence_chars: int, is_local: bool, tracer: Tracer) -> None:
        self.name = model.name
        self.evidence_chars = evidence_chars
        self._model = model
        self.is_local = is_local
        self._tracer = tracer

    def close(self) -> None:
        """Give back what the model holds."""
        self._model.close()

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item | None]:
        """Yield the items of the model's reply, each as soon as it is complete, and None between pieces.

        Raises:
            ProviderError: the model cannot be asked or breaks off.
        """
        account, language = asked.account, asked.language
        account.calls += 1
        rules = self._prompt("prose" if self.is_local else "answer", language, account)
        if asked.wishes and not self.is_local:
            rules += "\n\n" + self._prompt("wishes", language, account, wishes=shown(asked.wishes))
        messages = [Message("system", rules)]
        messages += [] if self.is_local else _history(asked.history)
        user = self._material(asked, evidence)
        if problems:
            rows = "\n".join(f"- {row}" for row in problems)
            user += "\n\n" + self._prompt("repair", language, account, problems=rows)
        grammar = GRAMMARS.get(language, "") if self.is_local else ""
        yield from read_reply(self._stream([*messages, Message("user", user)], account, grammar))

    def complete(self, question: str, history: Sequence[Turn], language: str, account: Account) -> str:
        """Return the question as one that stands alone; "" where the model gives none."""
        account.calls += 1
        prompt = self._prompt("standalone", language, account, question=question)
        try:
            pieces = self._stream([*_history(history), Message("user", prompt)], account)
            text = " ".join("".join(pieces).split())
        except ProviderError as error:
            LOG.warning("the question is left as it is: %s", error)
            return ""
        return text if 0 < len(text) <= MAX_STANDALONE_CHARS and not text.startswith(("{", "<")) else ""

    def _material(self, asked: Asked, evidence: Evidence) -> str:
        reports = () if self.is_local else evidence.reports
        blocks = [
            reports_block(reports, asked.scope.missing, asked.language),
            evidence_block(evidence, asked.language),
            question_block(asked.question, asked.standalone),
        ]
        return "\n".join(filter(None, blocks))

    def _prompt(self, name: str, language: str, account: Account, **values: str) -> str:
        prompt = load_prompt(name, language)
        account.prompts[prompt.name] = prompt.hash
        return prompt.fill(values)

    def _stream(self, messages: Sequence[Message], account: Account, grammar: str = "") -> Iterator[str]:
        provider, _, model = self.name.partition(":")
        attributes = {"gen_ai.provider.name": provider, "gen_ai.request.model": model, "gen_ai.operation.name": "chat"}
        reply = Account()

        def tokens(piece: Piece) -> Attributes:
            reply.add(piece)
            return {"gen_ai.usage.input_tokens": reply.tokens_in, "gen_ai.usage.output_tokens": reply.tokens_out}

        pieces = self._model.stream(messages, grammar=grammar)
        with closing(self._tracer.steps(f"chat {model}", pieces, attributes, tokens)) as stream:
            for piece in stream:
                account.add(piece)
                yield piece.text


def _history(history: Sequence[Turn]) -> list[Message]:
    rows = []
    for turn in history[-SHOWN_TURNS:]:
        rows += [Message("user", turn.question[:MAX_TURN_CHARS]), Message("assistant", turn.answer[:MAX_TURN_CHARS])]
    return [row for row in rows if row.text.strip()]
