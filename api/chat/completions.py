"""From answers to OpenAI's completions, whole or in chunks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Any

from pydantic_core import to_jsonable_python

from api.chat.conversation import SOURCES_RULE
from api.chat.linking import LINK, Linker, deep_link
from api.streaming import sse
from rag.contract import answer_body
from rag.library.markdown import one_line, prose, source, table_markdown
from rag.types import Answer, Citation, Event

MODEL = "report-qa"
Body = dict[str, Any]


def completion_body(answer: Answer, base_url: str) -> Body:
    """Shape an answer as a completion; the message holds its citations, ``report_qa`` all of it in our own shape."""
    linker = Linker(base_url)
    linker.learn(answer.citations)
    content = linker.write(prose(answer)) + _after(answer, linker)
    message = {"role": "assistant", "content": content, "refusal": None, **_proof(answer.citations, content, base_url)}
    return _completion(message, answer.answer_id, _usage(answer)) | {"report_qa": answer_body(answer)}


def told_body(content: str) -> Body:
    """Shape words that code says, for no question about the reports, as a completion."""
    return _completion({"role": "assistant", "content": content, "refusal": None}, uuid.uuid4().hex, _no_usage())


def told_chunks(content: str, *, with_usage: bool) -> bytes:
    """Shape the same as chunks."""
    chunks = _Chunks(with_usage=with_usage)
    sent = chunks.delta({"role": "assistant", "content": content}) + chunks.delta({}, finish_reason="stop")
    return sent + chunks.usage(_no_usage())


class CompletionWriter:
    """Writes the steps of one answer as chunks: its words as they come, then table and sources, then the citations.

    A piece is held until the next step: the words of an answer that is a table alone are left to the table.
    """

    def __init__(self, base_url: str, *, with_usage: bool) -> None:
        """``with_usage`` adds a last chunk with the tokens used."""
        self._base_url = base_url
        self._linker = Linker(base_url)
        self._chunks = _Chunks(with_usage=with_usage)
        self._held = ""
        self._content = ""

    def __call__(self, event: Event) -> bytes:
        """Write one step; b"" where it has nothing to say."""
        self._linker.learn(event.citations)
        if event.name == "understood":
            return self._chunks.delta({"role": "assistant", "content": ""})
        if event.name == "token":
            held, self._held = self._held, self._linker.write(str(event.value))
            return self._say(held)
        return self._finish(event.value) if isinstance(event.value, Answer) else b""

    def _say(self, text: str) -> bytes:
        self._content += text
        return self._chunks.delta({"content": text}) if text else b""

    def _finish(self, answer: Answer) -> bytes:
        whole = self._linker.write(prose(answer))
        last = whole[len(self._content) :] if whole.startswith(self._content) else self._held
        sent = self._say(last + _after(answer, self._linker))
        proof = _proof(answer.citations, self._content, self._base_url)
        sent += self._chunks.delta(proof, finish_reason="stop", report_qa=answer_body(answer))
        return sent + self._chunks.usage(_usage(answer))


class _Chunks:
    """Chunks of one completion."""

    def __init__(self, *, with_usage: bool) -> None:
        self._with_usage = with_usage
        frame = {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": "chat.completion.chunk"}
        self._frame = frame | {"created": int(time.time()), "model": MODEL} | ({"usage": None} if with_usage else {})

    def delta(self, delta: Body, *, finish_reason: str | None = None, **more: object) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return sse(self._frame | {"choices": [choice]} | more)

    def usage(self, usage: Body) -> bytes:
        return sse(self._frame | {"choices": [], "usage": usage}) if self._with_usage else b""


def _completion(message: Body, completion_id: str, usage: Body) -> Body:
    return {
        "id": f"chatcmpl-{completion_id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": usage,
    }


def _after(answer: Answer, linker: Linker) -> str:
    """Write what follows an answer's words: its table and its sources."""
    table = table_markdown(answer, linker.write)
    lines = [f"- {linker.source(each, f'{source(each)}: “{one_line(each.quote)}”')}" for each in answer.citations]
    sources = SOURCES_RULE + "\n".join(lines) if lines else ""
    return ("\n\n" + table if table else "") + sources


def _proof(citations: Sequence[Citation], content: str, base_url: str) -> Body:
    """Return the citations with their links, and as OpenAI's annotations: where in ``content`` each link stands."""
    urls = {each.marker: deep_link(base_url, each) for each in citations}
    titles = {each.marker: each.title or each.source for each in citations}
    annotations = []
    for found in LINK.finditer(content.partition(SOURCES_RULE)[0]):
        marker = int(found[1])
        place = {"start_index": found.start(), "end_index": found.end(), "title": titles[marker], "url": urls[marker]}
        annotations.append({"type": "url_citation", "url_citation": place})
    cited = [to_jsonable_python(each) | {"url": urls[each.marker]} for each in citations]
    return {"annotations": annotations, "citations": cited}


def _usage(answer: Answer) -> Body:
    read, written = answer.tokens_in, answer.tokens_out
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _no_usage() -> Body:
    return {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
