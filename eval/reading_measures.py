"""How much of a report cleaning keeps, and how much of the page around it goes. Pure functions over texts.

White space and invisible characters are folded away before anything is compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+")
CONTINUATION = re.compile(r"[（(]?[上下][接转]第?[一二三四五六七八九十\d]{1,3}版[）)]?")
SENTENCE = re.compile(r"[^。！？]+[。！？]")
ENDS = re.compile(r"[。！？…；：:;!?][”’）)]*$")
TITLE = re.compile("报告|公报|讲话|——|―|[年月]\\d{1,2}日在|[省市县区]长|主席|总理|各位|同志们")
LICENCE = re.compile(r"^本作品是", re.MULTILINE)
MIN_SENTENCE_CHARS = 8
TAIL_CHARS = 40
MIN_BODY_CHARS = 40


@dataclass(frozen=True, slots=True)
class Share:
    """So many of all, with the ones that are missing or left over."""

    part: int
    whole: int
    odd: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The share from 0 to 1; 1 of nothing."""
        return self.part / self.whole if self.whole else 1.0


def folded(text: str) -> str:
    """Drop white space, invisible characters and newspaper continuation marks."""
    return CONTINUATION.sub("", INVISIBLE.sub("", text))


def own_text(source: str) -> str:
    """Cut off the archive's licence at the end; the rest is the report with its page around it."""
    licence = LICENCE.search(source)
    return source[: licence.start()] if licence else source


def surviving_sentences(source: str, cleaned: str) -> Share:
    """Count the sentences of the source whose last 40 characters stand in the cleaned text.

    A sentence ends with 。！or ？; shorter ones than 8 characters are not counted. Its beginning may be glued to the
    lines of the page before it, which do not end like sentences, so its end is compared.
    """
    kept = folded(cleaned)
    tails = [match.group()[-TAIL_CHARS:] for match in SENTENCE.finditer(folded(own_text(source)))]
    tails = [tail for tail in tails if len(tail) >= MIN_SENTENCE_CHARS]
    lost = tuple(tail for tail in tails if tail not in kept)
    return Share(len(tails) - len(lost), len(tails), lost)


def furniture_lines(source: str) -> list[str]:
    """List the lines of the page around a report: those outside its running text that are no title, date or speaker.

    The running text spans from the first to the last line of at least 40 characters with a full stop in it; a line
    outside it belongs to the page unless it has the words of a title, date line, speaker or salutation, or ends like a
    sentence. The licence at the end belongs to the page as a whole.
    """
    lines = [line.strip() for line in own_text(source).splitlines() if folded(line)]
    bodies = [index for index, line in enumerate(lines) if len(line) >= MIN_BODY_CHARS and "。" in line]
    if not bodies:
        return []
    outside = lines[: bodies[0]] + lines[bodies[-1] + 1 :]
    page = [line for line in outside if not TITLE.search(line) and not ENDS.search(line)]
    return page + [line.strip() for line in source[len(own_text(source)) :].splitlines() if folded(line)]


def dropped_lines(source: str, cleaned: str) -> Share:
    """Count the lines of the page around a report that are no line of the cleaned text."""
    kept = {folded(line) for line in cleaned.splitlines()}
    lines = furniture_lines(source)
    left = tuple(line for line in lines if folded(line) in kept)
    return Share(len(lines) - len(left), len(lines), left)


def total(shares: list[Share]) -> Share:
    """Add shares up."""
    odd = tuple(item for share in shares for item in share.odd)
    return Share(sum(share.part for share in shares), sum(share.whole for share in shares), odd)
