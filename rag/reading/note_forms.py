"""How notes look: the labels they share with their marks, the words that head them, and how they name their term."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

CIRCLED = "①-⑳㉑-㉟㊱-㊿"
LABEL = re.compile(
    rf"""(?P<circled>＠?[{CIRCLED}])
    |[［\[〔【]\s?(?:注|註)?\s?(?P<bracketed>\d{{1,3}})\s?[］\]〕】]
    |[（(［\[〔【](?:注|註)\s?(?P<named>\d{{0,3}})[）)］\]〕】]
    |(?P<raised>[⁰¹²³⁴-⁹]{{1,3}})""",
    re.VERBOSE,
)
ORDINAL = re.compile(r"(?:(?P<plain>\d{1,3})\s?[.．、](?!\d)|[（(](?P<enclosed>\d{1,3})[）)])")
CLOSERS, STOPS = tuple("”’」』）)》%％"), tuple("。！？，；、：,;:.")
MAX_MARK_DIGITS = 3
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SINGLE = r"[^。；;！？\n]"
TERM = re.compile(rf"(?P<term>{SINGLE}{{1,45}}?)\s?(?:[:：]|——|，?(?=是指|指的是|系指|即指))\s*")
PLAIN_TERM = re.compile(r"(?P<term>[^，。；：\n]{2,15}?)(?=指(?![导标数挥定出引示明令向南责控]))")
QUOTED_TERM = re.compile(r"(?P<term>“[^”\n]{1,30}”[^，。；：\n]{0,8}?)(?=[是指即系])")
QUOTED = re.compile(r"“([^”]{2,30})”([^“，。]{0,4})")
TITLE = re.compile(
    r"(?:附件?\s?\d{0,2}\s?[:：]?\s?)?[^。，；：:]{0,24}?"
    r"(?:(?:名词|词语|术语|用语|词汇)(?:术语)?(?:解释|注释|注解|说明|释义)|注释|注解|脚注|尾注|註釋|註解)"
    r"(?:和说明)?\s?[:：]?|注\s?[:：]"
)
TITLE_MAX_CHARS = 34
QUOTE_MARKS = str.maketrans("", "", "“”‘’\"'「」『』")


class Label(NamedTuple):
    """A label as its family and number, and where the words after it begin; 0 for a label without a number."""

    family: str
    number: int
    end: int

    @property
    def key(self) -> tuple[str, int]:
        """What a note and its marks share."""
        return self.family, self.number


def label_at(text: str, start: int = 0) -> Label | None:
    """Read the label that stands at ``start``: ①, ［2］, 〔3〕, （注4）, ⁵; None if there is none."""
    match = LABEL.match(text, start)
    return label_of(match) if match else None


def label_of(match: re.Match[str]) -> Label:
    """Read a match of ``LABEL``."""
    family = match.lastgroup or ""
    words = match[family]
    number = unicodedata.numeric(words[-1]) if family == "circled" else int(unicodedata.normalize("NFKC", words) or 0)
    return Label(family, int(number), match.end())


def ordinal_at(text: str) -> Label | None:
    """Read the number a line of a list of notes begins with: 1., 2、, （3）; None if there is none."""
    match = ORDINAL.match(text)
    return Label("ordinal", int(match[match.lastgroup or 0]), match.end()) if match else None


def mark_of(before: str, raised: str) -> str:
    """Return what raised signs say after the words ``before``: [3] after a word; after a figure nothing; m², 10³."""
    digits = raised.strip(" []［］〔〕")
    if not digits.isdecimal() or len(digits) > MAX_MARK_DIGITS:
        return raised
    before = before.rstrip()
    last, is_ten = before[-1:], before.endswith("10") and not before[-3:-2].isdecimal()
    if last.isdecimal() and not is_ten:
        return ""
    follows_word = last > "\u3000" and (last.isalpha() or last in STOPS + CLOSERS)
    if follows_word or last in ("", "”", "’", "%"):
        return f"[{digits}]"
    return digits.translate(POWERS) if digits == raised else raised


def ends_word(text: str) -> bool:
    """Tell whether a text ends in a letter, a figure or what closes a quotation."""
    return text[-1:].isalnum() or text.endswith(CLOSERS)


def heads_notes(line: str) -> bool:
    """Tell whether a line is the title of a list of notes: 注释, 名词解释, 附件2：有关名词说明."""
    return len(line) <= TITLE_MAX_CHARS and bool(TITLE.fullmatch(line))


def is_note_head(line: str) -> bool:
    """Tell whether a line is a label and a term alone, whose explanation follows in the next line."""
    label = label_at(line) or ordinal_at(line)
    return label is not None and len(line) > label.end and bool(TERM.fullmatch(line, label.end))


def term_end(line: str, start: int) -> int:
    """Return where the explanation begins in a note whose words begin at ``start``; 0 if it names no term."""
    while start < len(line) and line[start].isspace():
        start += 1
    match = TERM.match(line, start) or QUOTED_TERM.match(line, start) or PLAIN_TERM.match(line, start)
    return match.end() if match else 0


def names_in(term: str) -> tuple[str, ...]:
    """Return by what words a term is known: the whole without its quotation marks, and its quoted parts.

    A quoted number alone names nothing, so the word that follows it belongs to it: “12”条.
    """
    parts = [part + after if part.isdecimal() else part for part, after in QUOTED.findall(term)]
    names = (name.translate(QUOTE_MARKS).strip() for name in (term, *parts))
    return tuple(dict.fromkeys(name for name in names if len(name) > 1))
