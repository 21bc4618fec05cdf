"""Cutting a reply into sentences while it comes in, and cleaning each of what is not ours to show."""

from __future__ import annotations

import re
from dataclasses import dataclass

END = re.compile(r"[。！？!?]+[”’」』）)]*|\n+|(?<=[a-z0-9)\]%”\"])\.(?=\s)")
MARKERS = re.compile(
    r"\s*(?:\[\s*(?:证据|来源|evidence|source)?\s*\d+(?:\s*[,，、\-–]\s*\d+)*\s*\]|【\s*\d+[^】]{0,12}】|［\s*\d+\s*］|〔\s*\d+\s*〕|[（(]\s*(?:证据|来源|见|evidence|source)[^）)]{0,12}[）)])",
    re.IGNORECASE,
)
BULLET = re.compile(
    r"^(?:[-*•·>#\s]+|\(?\d{1,2}[.、)）]\s*(?!\d)|[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、)\s*"
)
LEAD_IN = re.compile(
    r"^(?:根据|依据|按照|从)?(?:以上|上述|提供的)?(?:证据|资料|材料)\s*[\d、，,和]*\s*(?:显示|表明|可知|中)?[，,：:]\s*"
    r"|^(?:according to|based on) (?:the )?(?:evidence|excerpts?)[^,]{0,12},\s*",
    re.IGNORECASE,
)
LABEL = re.compile(r"^[^：:。]{0,40} · [^：:。]{0,80}[：:]\s*|^(?:[^：:。，·]{1,40} · )+")
EMPHASIS = re.compile(r"\*\*|__|`+")
CLOSING = "。！？!?.；;，,、：: 　"
MAX_CHARS = 400


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cleaned sentence without its closing mark; ``opens_line`` when the reply began a line with it."""

    words: str
    opens_line: bool = False


class Splitter:
    """Collects pieces of a reply and gives out its sentences as they end."""

    def __init__(self) -> None:
        self._rest = ""
        self._opens_line = False
        self._any = False

    def feed(self, piece: str) -> list[Sentence]:
        """Take in a piece; return the sentences it completes, maybe none."""
        self._rest += piece
        found = []
        while match := self._end():
            found += self._sentence(self._rest[: match[0]], ends_line=match[1])
            self._rest = self._rest[match[0] :]
        return found

    def finish(self) -> list[Sentence]:
        """Return what was left when the reply ended."""
        rest, self._rest = self._rest, ""
        return self._sentence(rest, ends_line=True)

    def _end(self) -> tuple[int, bool] | None:
        """Where the first sentence ends and whether its line does; a closing quote may still come after the mark."""
        for match in END.finditer(self._rest):
            if match.end() < len(self._rest):
                return match.end(), "\n" in match.group()
        return (MAX_CHARS, False) if len(self._rest) > MAX_CHARS else None

    def _sentence(self, text: str, *, ends_line: bool) -> list[Sentence]:
        words = clean(text)
        opens_line = self._opens_line and self._any
        if not words:
            self._opens_line = self._opens_line or ends_line
            return []
        self._opens_line, self._any = ends_line, True
        return [Sentence(words, opens_line)]


def clean(text: str) -> str:
    """Drop the model's own markers, bullets, emphasis and closing mark; "" when no words are left."""
    words = EMPHASIS.sub("", MARKERS.sub("", text)).strip()
    words = LABEL.sub("", LEAD_IN.sub("", BULLET.sub("", words)))
    words = " ".join(words.split()).strip().rstrip(CLOSING)
    return words if re.search(r"\w", words) else ""
