"""Markdown: headings and tables as such, emphasis and links without their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import Assembler
from rag.reading.formats.page_blocks import find_blocks, write_blocks
from rag.types import Format, SourceText

FRONT_MATTER = re.compile(r"\A---\n(?:.*\n)*?(?:title\s*:\s*[\"']?(.+?)[\"']?\s*\n(?:.*\n)*?)?(?:---|\.\.\.)\n")
TAG = re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->", re.DOTALL)
FIGURE_SIGNS = frozenset("0123456789.,%+-~ ")


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
            _write(token, number, assembler)
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


def _write(token: Token, number: str, assembler: Assembler) -> None:
    """Write lines of text; a table in HTML, as converters of PDF write them, is a table."""
    if "<table" in token.content.lower():
        write_blocks(find_blocks(lxml_html.fragment_fromstring(token.content, create_parent="div")), assembler)
        return
    text = _plain(token.children) if token.children else TAG.sub("", token.content)
    for line in (number + text).split("\n"):
        assembler.paragraph(line)


def _plain(tokens: Sequence[Token]) -> str:
    """Return the words of a run of text; marks that stand beside Chinese punctuation CommonMark leaves in it."""
    words = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif token.type != "html_inline" and not (before and before.info == "auto"):
            words.append(token.content)
    return _without_formulas("".join(words).replace("**", "").replace("~~", ""))


def _without_formulas(text: str) -> str:
    """Write out figures that a converter took for formulas: $6 . 5 %$."""
    parts = text.split("$")
    for index in range(1, len(parts) - 1, 2):
        bare = parts[index].replace("\\text{", "").replace("}", "")
        is_figure = "%" in bare or bare != parts[index]
        if is_figure and all(sign in FIGURE_SIGNS or sign > "\u3000" for sign in bare):
            parts[index] = bare.replace(" ", "")
        else:
            parts[index] = f"${parts[index]}$"
    return "".join(parts) if len(parts) % 2 else "".join(parts[:-1]) + "$" + parts[-1]
