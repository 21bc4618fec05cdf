"""Between OpenAI's messages and our questions and answers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from api.schemas import MessageIn
from api.streaming import sse
from rag.contract import answer_body
from rag.errors import BadInputError
from rag.types import Answer, Event, Turn

SOURCES_RULE = "\n\n---\n"
ONLY_MARKERS = re.compile(r"\s*(?:\[\d+\])+\s*")


def read_conversation(messages: Sequence[MessageIn]) -> tuple[str, tuple[Turn, ...]]:
    """Return the last user message and the turns before it, oldest first; system messages are not heeded.

    Raises:
        BadInputError: the last message is not the user's.
    """
    spoken = [message for message in messages if message.role in {"user", "assistant"}]
    if not spoken or spoken[-1].role != "user":
        raise BadInputError("messages: the last one must have the role user")
    turns = [
        Turn(asked.text(), _without_sources(told.text())) for asked, told in pairwise(spoken) if _is_turn(asked, told)
    ]
    return spoken[-1].text(), tuple(turns)


def completion_body(answer: Answer, model: str, created: int) -> dict[str, Any]:
    """Shape an answer as a completion; ``report_qa`` holds it in our own shape as well."""
    message = {"role": "assistant", "content": readable(answer) + sources(answer)}
    return {
        "id": f"chatcmpl-{answer.answer_id}",
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(answer),
        "report_qa": answer_body(answer),
    }


def completion_writer(model: str, created: int) -> Callable[[Event], bytes]:
    """Return what writes the steps of one answer as completion chunks; steps without words write nothing."""
    completion_id = f"chatcmpl-{uuid.uuid4().hex}"
    frame = {"id": completion_id, "object": "chat.completion.chunk", "created": created, "model": model}

    def chunk(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
        return sse(frame | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]})

    def write(event: Event) -> bytes:
        if event.name == "understood":
            return chunk({"role": "assistant", "content": ""})
        if event.name == "token" and not ONLY_MARKERS.fullmatch(str(event.value)):
            return chunk({"content": str(event.value)})
        if isinstance(event.value, Answer):
            return chunk({"content": markdown_table(event.value) + sources(event.value)}) + chunk({}, "stop")
        return b""

    return write


def readable(answer: Answer) -> str:
    """Return an answer's words with its table below; the line of markers that only the table's rows need goes."""
    lines = [line for line in answer.text.split("\n") if answer.table is None or not ONLY_MARKERS.fullmatch(line)]
    return "\n".join(lines) + markdown_table(answer)


def markdown_table(answer: Answer) -> str:
    """Write an answer's table in Markdown, a row's markers in its last cell; "" where it has none."""
    if answer.table is None:
        return ""
    width = len(answer.table.columns) or max(len(row.cells) for row in answer.table.rows)
    head = answer.table.columns or ("",) * width
    rows = [[*row.cells, "".join(f"[{marker}]" for marker in row.markers)] for row in answer.table.rows]
    lines = [[*head, ""], ["---"] * (width + 1), *rows]
    return "\n\n" + "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def sources(answer: Answer) -> str:
    """List the citations below the answer, one a line; nothing when there are none."""
    lines = [f"[{each.marker}] {each.title}: “{each.quote}”" for each in answer.citations]
    return SOURCES_RULE + "\n".join(lines) if lines else ""


def _is_turn(asked: MessageIn, told: MessageIn) -> bool:
    return asked.role == "user" and told.role == "assistant"


def _without_sources(text: str) -> str:
    return text.partition(SOURCES_RULE)[0]


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.tokens_in, answer.tokens_out
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
