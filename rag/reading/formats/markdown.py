"""Markdown: headings and tables as such, emphasis and links without their marks."""

from __future__ import annotations

import re

from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import Assembler
from rag.types import Format, SourceText

HEADING = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
UNDERLINE = re.compile(r" {0,3}(=+|-{2,})\s*$")
RULE_ROW = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
HORIZONTAL_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
LIST_MARK = re.compile(r"^\s*(?:[-*+]\s+|>\s?)+")
FENCE = re.compile(r"\s*(?:```|~~~)")
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
FRONT_TITLE = re.compile(r"^title\s*:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
INLINE_MARKS = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"<(?:https?|mailto):[^>]+>"), ""),
    (re.compile(r"</?[A-Za-z][^>]*>|<!--.*?-->"), ""),
    (re.compile(r"(\*{1,3})(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![0-9A-Za-z_])(_{1,3})(?=\S)(.+?)(?<=\S)\1(?![0-9A-Za-z_])"), r"\2"),
    (re.compile(r"~~(.+?)~~"), r"\1"),
    (re.compile(r"`+([^`]+)`+"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])"), r"\1"),
)


def read_markdown(decoded: Decoded) -> SourceText:
    """Read Markdown; paragraphs wrapped over several lines keep their lines, as cleaning joins them."""
    text = decoded.text
    front = FRONT_MATTER.match(text)
    titled = FRONT_TITLE.search(front.group(1)) if front else None
    assembler = Assembler(Format.MARKDOWN, encoding=decoded.encoding, title=titled.group(1) if titled else "")
    lines = text[front.end() :].split("\n") if front else text.split("\n")
    index = 0
    while index < len(lines):
        index = _read_block(lines, index, assembler)
    return assembler.finish(decoded.warnings)


def plain(text: str) -> str:
    """Strip the marks of emphasis, code, links and inline HTML."""
    for pattern, replacement in INLINE_MARKS:
        text = pattern.sub(replacement, text)
    return text


def _read_block(lines: list[str], index: int, assembler: Assembler) -> int:
    """Read the block at ``index`` and return where the next one starts."""
    line, following = lines[index], lines[index + 1] if index + 1 < len(lines) else ""
    if found := HEADING.match(line):
        assembler.heading(plain(found.group(2)), len(found.group(1)))
        return index + 1
    if "|" in line and "|" in following and RULE_ROW.match(following):
        return _read_table(lines, index, assembler)
    if line.strip() and UNDERLINE.match(following) and not LIST_MARK.match(line) and len(line) <= 80:
        assembler.heading(plain(line), 1 if "=" in following else 2)
        return index + 2
    if not FENCE.match(line) and not HORIZONTAL_RULE.match(line):
        assembler.paragraph(plain(LIST_MARK.sub("", line)))
    return index + 1


def _read_table(lines: list[str], index: int, assembler: Assembler) -> int:
    rows = [_cells(lines[index])]
    index += 2
    while index < len(lines) and "|" in lines[index]:
        rows.append(_cells(lines[index]))
        index += 1
    assembler.table(rows)
    return index


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [plain(cell) for cell in re.split(r"(?<!\\)\|", inner)]
