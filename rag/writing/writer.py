"""A model writes, sentence by sentence; each is grounded in the reports and verified before it is let through.

What fails is named to the model once; what fails again is left to the evidence reader.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from rag.answering.choosing import Case
from rag.answering.sense_words import absence_pattern
from rag.answering.support import Problem
from rag.chat import ChatModel, Message
from rag.errors import ProviderError
from rag.folding import fold
from rag.numerals import QUANTITY, find_numbers
from rag.prompting import Prompt, load_prompt, number_excerpts
from rag.types import Citation
from rag.writing.account import Account
from rag.writing.conveying import Progress, Written
from rag.writing.grounding import Grounder, Setting
from rag.writing.material import Gatherer, Material
from rag.writing.splitting import Sentence, Splitter
from rag.writing.wishes import Wish

MAX_SENTENCES = 6
TICK_SECONDS = 0.3
ZH_GRAMMAR = 'root ::= line{{1,{count}}}\nline ::= [^。！？\\n\\[\\]<>*#`]{{6,200}} "。" "\\n"?\n'
EN_GRAMMAR = "root ::= [A-Z] [^\\n\\[\\]<>*#`]{40,900}\n"


class RejectedError(Exception):
    """A sentence cannot stand."""

    def __init__(self, sentence: str, problems: Sequence[Problem]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.problems = tuple(problems)


class Writer:
    """Lets a chat model write what the evidence bears; safe to share between threads."""

    def __init__(self, model: ChatModel, *, gatherer: Gatherer, grounder: Grounder) -> None:
        self._model = model
        self._gatherer = gatherer
        self._grounder = grounder
        self.gather = gatherer.gather

    @property
    def name(self) -> str:
        """The model's name, "provider:model"."""
        return self._model.name

    def close(self) -> None:
        """Give back what the model holds."""
        self._model.close()

    def write(
        self, case: Case, wish: Wish, material: Material, account: Account
    ) -> Generator[Written | None, None, None]:
        """Yield verified sentences as the model writes them; closing the generator stops the model.

        Between sentences None comes now and then, so that a caller who has lost interest can close.

        Ends early, without raising, when the provider fails or a sentence fails twice; ``account`` says so.
        """
        question = case.question
        setting = Setting(
            question.standalone,
            question.language,
            material.citations,
            case.corpus,
            several_years=len(question.years) > 1,
        )
        messages = self._messages(wish, setting, account)
        progress = Progress(
            limit=max(MAX_SENTENCES, wish.points),
            awaited=() if wish.open_ended else material.reply.statements,
            question=question,
        )
        try:
            yield from self._repaired(messages, wish, setting, progress, account)
        except ProviderError as error:
            account.failure = str(error)

    def _repaired(
        self, messages: list[Message], wish: Wish, setting: Setting, progress: Progress, account: Account
    ) -> Iterator[Written | None]:
        """Write; after a sentence that fails, ask for the answer once more, naming what failed."""
        reply: list[str] = []
        try:
            yield from self._sentences(messages, wish, setting, progress, account, reply)
        except RejectedError as rejected:
            account.repairs += 1
            prompt = self._prompt("repair", setting.language, account)
            again = prompt.fill({"problems": describe(rejected), "question": setting.question})
            messages = [*messages, Message("assistant", "".join(reply)), Message("user", again)]
            try:
                yield from self._sentences(messages, wish, setting, progress, account, [])
            except RejectedError as twice:
                account.problems = twice.problems

    def _sentences(
        self,
        messages: Sequence[Message],
        wish: Wish,
        setting: Setting,
        progress: Progress,
        account: Account,
        reply: list[str],
    ) -> Iterator[Written | None]:
        with closing(self._reply(messages, grammar_for(wish, setting.language), account, reply)) as sentences:
            for sentence in sentences:
                if sentence is None:
                    yield None
                elif (written := self._let_through(sentence, setting, progress)) is not None:
                    progress.take(written.words)
                    yield written
                if progress.is_full:
                    return

    def _reply(
        self, messages: Sequence[Message], grammar: str, account: Account, reply: list[str]
    ) -> Generator[Sentence | None, None, None]:
        splitter, yielded = Splitter(), time.monotonic()
        with closing(self._model.stream(messages, grammar=grammar)) as pieces:
            for piece in pieces:
                account.tokens_in += piece.tokens_in
                account.tokens_out += piece.tokens_out
                reply.append(piece.text)
                yield from splitter.feed(piece.text)
                if time.monotonic() - yielded > TICK_SECONDS:
                    yielded = time.monotonic()
                    yield None
            yield from splitter.finish()

    def _let_through(self, sentence: Sentence, setting: Setting, progress: Progress) -> Written | None:
        """Ground a sentence; None for one already said and for one that only says that something is absent."""
        words = without_heading(sentence.words, setting.citations)
        if progress.has(words) or is_absence(words):
            return None
        grounded = self._grounder.ground(words, setting, progress.carried)
        if not grounded.parts:
            raise RejectedError(words, grounded.problems)
        written = Written(grounded.parts, sentence.opens_line)
        if problems := progress.beside_the_point(written):
            raise RejectedError(words, problems)
        progress.carried = self._grounder.carry(words, progress.carried)
        return written

    def _messages(self, wish: Wish, setting: Setting, account: Account) -> list[Message]:
        language = setting.language
        values = {
            "evidence": number_excerpts(self._gatherer.excerpts(setting.citations, language)),
            "question": setting.question,
            "points": str(wish.points),
        }
        rules = self._prompt("rules", language, account)
        task = self._prompt(wish.prompt, language, account)
        return [Message("system", rules.fill({})), Message("user", task.fill(values))]

    def _prompt(self, name: str, language: str, account: Account) -> Prompt:
        prompt = load_prompt(name, language)
        account.prompts[prompt.name] = prompt.hash
        return prompt


def grammar_for(wish: Wish, language: str) -> str:
    """Return the grammar that keeps a small model to plain sentences, and to as many as are wanted."""
    count = wish.points if wish.open_ended else 2 if wish.prompt == "answer" else MAX_SENTENCES
    return ZH_GRAMMAR.format(count=count) if language == "zh" else EN_GRAMMAR


def without_heading(words: str, citations: Sequence[Citation]) -> str:
    """Drop a heading of the evidence that a model has copied before its sentence."""
    head, colon, rest = words.partition("：")
    headings = {heading for row in citations for heading in row.section}
    return rest.strip() if colon and rest and head.strip() in headings else words


def is_absence(words: str) -> bool:
    """Tell whether a sentence only says that the reports do not tell something; that is not for the model to say."""
    amounts = [number for number in find_numbers(words) if number.kind == QUANTITY]
    return not amounts and absence_pattern().search(fold(words)) is not None


def describe(rejected: RejectedError) -> str:
    """Say for the model what is wrong with a sentence."""
    reasons = "; ".join(dict.fromkeys(f"{row.words}: {row.reason}" for row in rejected.problems))
    return f"- {rejected.sentence} ({reasons})"
