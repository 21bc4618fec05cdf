"""The lines of a source without stray spaces and invisible characters, with the places their characters came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.reading.heading_forms import NUMERAL, PERIOD_TITLE, number_of

INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffc\x00-\x08\x0e-\x1f\x7f"
SPACE = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
CJK = "\u2e80-\u2fff\u3001-\u303f\u3040-\u9fff\uf900-\ufaff\uff01-\uffef“”‘’—―…·①-⑳㉑-㉟"
HAN = "\u3400-\u9fff"
CONTINUATION = rf"[（(]?[上下][接转]第?(?:{NUMERAL}|\d){{1,3}}版[）)]?"
GAP = re.compile(f"(?:[{INVISIBLE}{SPACE}]|{CONTINUATION})+")
MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(?=\S)")
IS_CJK = re.compile(f"[{CJK}]")
LITERAL_LINE_ENDS = ("\\r\\n", "\\n", "\\r")
LONG_LINE_CHARS = 200
STRAY_SPACE = re.compile(f"(?<=[{HAN}])[ \u3000](?=[{HAN}])")
STRAY_SPACES_PER_CHAR = 1 / 1500
MIN_STRAY_SPACES = 5
SPACED_FIGURE = re.compile(r"(?<![\d０-９])[\d０-９](?: [\d０-９．.]){2,}")
MIN_SPACED_FIGURES = 5
IN_FIGURE = frozenset("0123456789０１２３４５６７８９．.％%‰")
MAX_RUN_IN_HEADING_CHARS = 40
BREAK = re.compile(
    rf"[{SPACE}]{{3,}}|[\u2002-\u2005\u3000]{{2,}}|(?<=[。！？：])[{SPACE}]+|(?<=[。！？][”’）])[{SPACE}]+"
    rf"|(?<=[。！？”）版])(?=[（(]{NUMERAL}{{1,3}}[）)]|{NUMERAL}{{1,3}}、)"
)
DASH_BREAK = re.compile(r"(?<=[。！？；])(?=[—―]{2}[^\d—―])")
TITLE_BREAK = re.compile(
    rf"(?<=[。！？：])[{SPACE}]*(?P<title>{PERIOD_TITLE.pattern})[{SPACE}]*(?=[\d一过去这各全面]{{1}})"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the original; ``shown`` replaces a single character (a wide space becomes a space)."""

    start: int
    end: int
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: its text, where the text came from, and how many blank lines stand before it.

    ``level`` is 1 to 6 where the line is marked as a heading by # signs, which its text leaves out; else 0.
    """

    text: str
    pieces: tuple[Piece, ...]
    blanks_before: int
    level: int = 0

    @property
    def start(self) -> int:
        """Where its first character stands in the original."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Where its last character ends in the original."""
        return self.pieces[-1].end


@dataclass(frozen=True, slots=True)
class Habits:
    """How a text uses spaces: ``stray`` ones between Chinese words, ``figures`` written 1 9 9 7."""

    stray: bool
    figures: bool


def habits_of(text: str) -> Habits:
    """Learn from the whole text which of its spaces mean nothing."""
    return Habits(has_stray_spaces(text), len(SPACED_FIGURE.findall(text)) >= MIN_SPACED_FIGURES)


def has_stray_spaces(text: str) -> bool:
    """Tell whether single spaces between Chinese characters are an accident of this text, not its punctuation."""
    long_lines = [line for line in text.splitlines() if len(line) > MAX_RUN_IN_HEADING_CHARS]
    count = sum(len(STRAY_SPACE.findall(line)) for line in long_lines)
    return count >= MIN_STRAY_SPACES and count > sum(map(len, long_lines)) * STRAY_SPACES_PER_CHAR


def read_lines(text: str, verbatim: list[tuple[int, int]]) -> list[Line]:
    """Cut ``text`` into lines. Lines inside a ``verbatim`` span (a table's rows) keep their spaces."""
    habits = habits_of(text)
    for literal in LITERAL_LINE_ENDS if LITERAL_LINE_ENDS[0] in text else ():
        text = text.replace(literal, "\n".rjust(len(literal), "\0"))  # signs that no line keeps
    lines: list[Line] = []
    blanks = 0
    for start, end in _spans(text, habits.stray):
        keep = any(first <= start < last for first, last in verbatim)
        mark = MARKDOWN_HEADING.match(text, start, end)
        start = mark.end() if mark else start
        line = _line(text, start, end, blanks, habits=habits, keep=keep)
        if line and mark:
            line = replace(line, level=len(mark.group(1)))
        if line is None:
            blanks += 1
        else:
            lines.append(line)
            blanks = 0
    return lines


def _spans(text: str, stray: bool) -> Iterator[tuple[int, int]]:
    start = 0
    for line, ended in zip(text.splitlines(), text.splitlines(keepends=True), strict=True):
        yield from _cut(text, start, start + len(line), stray)
        start += len(ended)


def _cut(text: str, start: int, end: int, stray: bool) -> Iterator[tuple[int, int]]:
    """Cut a long line where its paragraphs were: at wide gaps, after sentences, around headings run into it."""
    breaks = BREAK if end - start > LONG_LINE_CHARS else DASH_BREAK
    cuts = {(match.start(), match.end()) for match in breaks.finditer(text, start, end)}
    cuts |= {(match.start(), match.end()) for match in DASH_BREAK.finditer(text, start, end)}
    for match in TITLE_BREAK.finditer(text, start, end):
        cuts |= {(match.start(), match.start("title")), (match.end("title"), match.end())}
    position = start
    for first, last in sorted(cuts):
        if first >= position:
            yield from _heading_first(text, position, first, stray)
            position = last
    yield from _heading_first(text, position, end, stray)


def _heading_first(text: str, start: int, end: int, stray: bool) -> Iterator[tuple[int, int]]:
    """Cut off a short heading that a single space parts from its paragraph, where such spaces mean something."""
    space = None if stray else STRAY_SPACE.search(text, start, min(end, start + MAX_RUN_IN_HEADING_CHARS))
    inner = set("。；：！？" if number_of(text[start : start + 8])[0] else "，。；：！？")
    if space and end - start > LONG_LINE_CHARS // 4 and not inner & set(text[start : space.start()]):
        yield start, space.start()
        start = space.end()
    yield start, end


def _line(text: str, start: int, end: int, blanks: int, *, habits: Habits, keep: bool) -> Line | None:
    pieces: list[Piece] = []
    position = start
    for gap in GAP.finditer(text, start, end):
        if gap.start() > position:
            pieces.append(Piece(position, gap.start()))
        space = next((at for at in range(*gap.span()) if text[at].isspace()), None)
        inside = gap.start() > start and gap.end() < end and bool(pieces)
        if space is not None and inside and (keep or _is_meant(text, gap.start(), gap.end(), start, end, habits)):
            pieces.append(Piece(space, space + 1, "" if text[space] == " " else " "))
        position = gap.end()
    if position < end:
        pieces.append(Piece(position, end))
    while pieces and (pieces[-1].shown or text[pieces[-1].start : pieces[-1].end] == " "):
        pieces.pop()
    if not pieces:
        return None
    return Line("".join(piece.shown or text[piece.start : piece.end] for piece in pieces), tuple(pieces), blanks)


def _is_meant(text: str, left: int, right: int, start: int, end: int, habits: Habits) -> bool:
    """Tell whether a gap parts words: always between Latin letters and figures, between Chinese words only if rare."""
    before, after = text[left - 1], text[right]
    if habits.figures and {before, after} <= IN_FIGURE:
        return False
    if not IS_CJK.match(before) and not IS_CJK.match(after):
        return True
    if habits.stray or not _is_han(before) or not _is_han(after):
        return False
    return left - 2 >= start and _is_han(text[left - 2]) and right + 1 < end and _is_han(text[right + 1])


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
