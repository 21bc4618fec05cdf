"""Reading a model's reply while it comes in: JSON Lines, or prose sentence by sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from rag.answering.items import Item, NotFound, read_item
from rag.language.sentences import POINT, split_sentences
from rag.types import Claim

MAX_OBJECT_CHARS = 6_000
MAX_REPLY_CHARS = 40_000
MIN_PROSE_CHARS = 4
# Objects may come as the items of one list.
BEFORE_OBJECT = re.compile(r"^[\s\[,]*(?=\{)|^\s+")
MARKERS = re.compile(r"\s*[\[［【]\d+(?:\s*[,，、]\s*\d+)*[\]］】]")
REFUSAL = re.compile(
    r"(?:没有|未|并未|不曾|无)(?:明确|具体|直接)?(?:说明|提到|提及|提供|给出|涉及|找到|记载|披露|相关|写明|列出)"
    r"|(?:do|does|did) not (?:say|state|mention|give|tell|provide|specify|contain)"
    r"|not (?:stated|mentioned|found|given|specified)"
    r"|no (?:information|mention|data)",
    re.IGNORECASE,
)


def read_reply(pieces: Iterable[str]) -> Iterator[Item | None]:
    """Yield the items of a reply as soon as each is complete; what is neither ours nor a sentence is left out.

    None after each piece, so that whoever listens may stop between two items.

    A reply of more than 40,000 characters is read no further.
    """
    held, total = "", 0
    for piece in pieces:
        total += len(piece)
        held += piece
        while (cut := _first_end(held)) >= 0:
            yield from _read(held[:cut])
            held = held[cut:]
        if total > MAX_REPLY_CHARS:
            return
        yield None
    yield from _read(held, is_last=True)


def _first_end(text: str) -> int:
    """Return where the first object, line or prose sentence of ``text`` ends; -1 while it is still incomplete."""
    start = len(text) - len(BEFORE_OBJECT.sub("", text))
    if text[start : start + 1] == "{":
        return _object_end(text, start)
    if match := re.search(r"\n|[。！？!?]+[”」』’\"）)]*(?:\s*\[\d+\])*(?=[^\s\[”」』’\"）)])", text[start:]):
        return start + match.end()
    return -1


def _object_end(text: str, start: int) -> int:
    """Return the end of the JSON object that begins at ``start``, or of its line where it is none; -1 if unfinished."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)[1]
    except (json.JSONDecodeError, RecursionError):
        follows = re.search(r"\n\s*(?=\{\")", text[start:])
        if follows:
            return start + follows.end()
        return len(text) if len(text) - start > MAX_OBJECT_CHARS else -1


def _read(text: str, *, is_last: bool = False) -> Iterator[Item]:
    text = BEFORE_OBJECT.sub("", text).strip()
    if not text or text.startswith("```") or set(text) <= set("[]`,"):
        return
    if text.startswith("{"):
        try:
            item = read_item(json.JSONDecoder(strict=False).raw_decode(text)[0])
        except (json.JSONDecodeError, RecursionError):
            item = None
        if item is not None:
            yield item
        return
    if text.startswith(("<", "|", "#", '"')) or (is_last and "{" in text[:2]):
        return
    for span in split_sentences(text):
        sentence = MARKERS.sub("", text[span.start : span.end]).strip()
        sentence = sentence[mark.end() :] if (mark := POINT.match(sentence)) else sentence
        if len(sentence) >= MIN_PROSE_CHARS:
            yield NotFound(sentence) if REFUSAL.search(sentence) else Claim(sentence)
