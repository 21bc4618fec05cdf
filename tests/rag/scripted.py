"""A scripted chat model, the only fake: LangChain's own interface, with replies that tests write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.fake_chat_models import SimpleChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from rag.answering.llm import LangChainModel
from rag.types import Turn

OPEN_HISTORY = (
    Turn("云汀和澄岚2022年的GDP增长目标各是多少？", "云汀县2022年目标：增长6%[1]；澄岚市2022年目标：增长7%左右[2]。"),
)
OPEN_FOLLOW_UP = "后一个地方的工业投资要增长多少？"  # no rule says which of the two is meant
Script = Callable[[list[BaseMessage]], Iterable[str]]


class ScriptedChat(SimpleChatModel):
    """Says what ``script`` makes of the messages, piece by piece; a script may raise as a provider does."""

    script: Script
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    pieces_given: list[str] = Field(default_factory=list)
    stopped: list[bool] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _call(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> str:
        return "".join(self.script(messages))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        usage = {"input_tokens": 11, "output_tokens": 0, "total_tokens": 11}
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))
        finished = False
        try:
            for piece in self.script(messages):
                self.pieces_given.append(piece)
                one = {"input_tokens": 0, "output_tokens": 1, "total_tokens": 1}
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece, usage_metadata=one))
            finished = True
        finally:
            self.stopped.append(not finished)


def replies(*texts: str) -> Script:
    """Say one text after the other, a few characters at a time; the last one again and again."""
    waiting = list(texts)

    def script(messages: list[BaseMessage]) -> Iterator[str]:
        text = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        for start in range(0, len(text), 5):
            yield text[start : start + 5]

    return script


def chat(script: Script, *, timeout_seconds: float = 5.0) -> tuple[LangChainModel, ScriptedChat]:
    """Make the adapter over a scripted model, and the model."""
    model = ScriptedChat(script=script)
    adapter = LangChainModel(
        "scripted:test", {}, timeout_seconds=timeout_seconds, model=model, first_pause_seconds=0.001
    )
    return adapter, model
