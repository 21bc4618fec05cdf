"""Markdown: headings and tables as such, emphasis and links without their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import Assembler
from rag.types import Format, SourceText

FRONT_MATTER = re.compile(r"\A---\n(?:.*\n)*?(?:title\s*:\s*[\"']?(.+?)[\"']?\s*\n(?:.*\n)*?)?(?:---|\.\.\.)\n")
TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->", re.DOTALL)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def read_markdown(decoded: Decoded) -> SourceText:
    """Read Markdown; paragraphs wrapped over several lines keep their lines, as cleaning joins them."""
    front = FRONT_MATTER.match(decoded.text)
    assembler = Assembler(Format.MARKDOWN, encoding=decoded.encoding, title=(front and front[1]) or "")
    rows: list[list[str]] = []
    number, opened = "", ""
    for token in _parser().parse(decoded.text[front.end() :] if front else decoded.text):
        if token.type == "inline" and opened.startswith("h"):
            assembler.heading(_plain(token.children or ()), int(opened[1]))
        elif token.type == "inline" and opened in ("th", "td"):
            rows[-1].append(_plain(token.children or ()))
        elif token.type in ("inline", "fence", "code_block", "html_block"):
            text = _plain(token.children) if token.children else TAG.sub("", token.content)
            for line in (number + text).split("\n"):
                assembler.paragraph(line)
            number = ""
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            assembler.table(rows)
            rows = []
        elif token.type == "list_item_open" and token.info:
            number = f"{token.info}{token.markup} "
        opened = token.tag
    return assembler.finish(decoded.warnings)


def _plain(tokens: Sequence[Token]) -> str:
    """Return the words of a run of text; marks that stand beside Chinese punctuation CommonMark leaves in it."""
    words = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif token.type != "html_inline" and not (before and before.info == "auto"):
            words.append(token.content)
    return "".join(words).replace("**", "").replace("~~", "")
