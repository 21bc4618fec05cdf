"""Markers as Markdown links to the words they stand for, in the page; and back.

What reports or models wrote is escaped: no link, no image, no heading and no formula comes out of an answer but ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from rag.types import Citation

SPECIAL = "\\`*_[]<~$#"
ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in SPECIAL})
MARKER = re.compile(r"\\\[(\d+)\\\]")
LINK = re.compile(r"\[\[(\d+)\]\]\([^()\s]*\)")
ESCAPED = re.compile(rf"\\([{re.escape(SPECIAL)}|])")


def deep_link(base_url: str, citation: Citation) -> str:
    """Return the address at which the page opens a report at a citation."""
    return f"{base_url.rstrip('/')}/#report={citation.report_id}&start={citation.start}&end={citation.end}"


def plain(text: str) -> str:
    """Undo linking and escaping: ``[[1]](…)`` is ``[1]`` again."""
    return ESCAPED.sub(r"\1", LINK.sub(r"[\1]", text))


@dataclass(slots=True)
class Linker:
    """Writes words as Markdown, markers of known citations as links; others stay text."""

    base_url: str
    citations: dict[int, Citation] = field(default_factory=dict)

    def learn(self, citations: Iterable[Citation]) -> None:
        """Know more citations."""
        self.citations |= {each.marker: each for each in citations}

    def write(self, text: str) -> str:
        """Write words."""
        return MARKER.sub(self._link, text.translate(ESCAPES))

    def source(self, citation: Citation, words: str) -> str:
        """Write a line about a citation: its marker, then words that hold no markers, only what looks like some."""
        return f"{self.write(f'[{citation.marker}]')} {words.translate(ESCAPES)}"

    def _link(self, found: re.Match[str]) -> str:
        citation = self.citations.get(int(found[1]))
        return f"[[{found[1]}]]({deep_link(self.base_url, citation)})" if citation else found[0]
