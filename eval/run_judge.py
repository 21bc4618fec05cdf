"""Runs of a judge: over sentences labelled by hand, and over the sentences of an answer run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eval.judging import LabelledPair, agreement, judge_pair, pairs_of
from eval.run_answers import Asks
from rag.answering.chat import ChatModel
from rag.config import Settings
from rag.errors import ConfigurationError
from rag.answering.llm import load_chat_model
from rag.types import Answer, Turn

WORDS = {True: "supported", False: "not supported", None: "no verdict"}


class Heard:
    """A service whose answers are kept, to be judged afterwards."""

    def __init__(self, service: Asks) -> None:
        self._service = service
        self.answers: list[Answer] = []

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Ask the service and keep its answer."""
        self.answers.append(self._service.ask(question, history=history))
        return self.answers[-1]

    def text(self, report_id: str) -> str:
        """The stored text of a report."""
        return self._service.text(report_id)


def load_judge(name: str, settings: Settings) -> ChatModel:
    """Prepare the model ``name`` ("provider:model"); whether a model writes the answers too is left to the settings.

    Raises:
        ConfigurationError: there is no such model.
    """
    model = load_chat_model(settings.model_copy(update={"llm": name}))
    if model is None:
        raise ConfigurationError("the judge has no name; write provider:model, as in openai:gpt-4o")
    return model


def report_agreement(labels: Sequence[LabelledPair], model: ChatModel) -> Iterator[str]:
    """Judge labelled pairs; tell in lines how far the verdicts agree, in all and for each alteration.

    Raises:
        ProviderError: the model cannot be asked.
    """
    judged = [(pair, judge_pair(pair, model)) for pair in labels]
    figures = agreement([pair.supported for pair, _ in judged], [verdict for _, verdict in judged])
    yield f"{model.name}: n {figures.n}, accuracy {figures.accuracy:.3f}, Cohen's kappa {figures.kappa:.3f}"
    for kind in dict.fromkeys(pair.alteration for pair in labels):
        hits = [pair.supported == verdict for pair, verdict in judged if pair.alteration == kind]
        yield f"    {kind or 'nothing'} altered: {sum(hits)} of {len(hits)} judged as by hand"


def report_sentences(answers: Iterable[Answer], model: ChatModel) -> Iterator[str]:
    """Judge every cited sentence of every answer; tell those found not supported, then how many are.

    Raises:
        ProviderError: the model cannot be asked.
    """
    judged = [(pair, judge_pair(pair, model)) for answer in answers for pair in pairs_of(answer)]
    yield from (f"{WORDS[verdict]}: {pair.sentence} | {pair.quote}" for pair, verdict in judged if verdict is not True)
    supported = sum(verdict is True for _, verdict in judged)
    yield f"{model.name} finds {supported} of {len(judged)} sentences supported; `eval judge` tells what that is worth"
