"""What the words a question quotes count: 三 and 整治 of “三大整治”, the single characters of “城”“岛”."""

from __future__ import annotations

import re

from rag.asking.question import Question
from rag.asking.words import word_lists
from rag.folding import fold

MIN_STEM_CHARS = 2
BARE_STEM = re.compile(r"[二两三四五六七八九十]([一-鿿])(?=[一二两三四五六七八九十多]|$)")
HAN = re.compile("[一-鿿]")
SINGLES = re.compile(r"(?<![一-鿿])[一-鿿](?:、[一-鿿])+(?![一-鿿])")
SLOGAN = re.compile(r"[一二两三四五六七八九十\d]+(?:个|大|项|种|条|类|位|座|家|所)?(?P<stem>[一-鿿]+)")
COUNTING = re.compile(
    r"[^一二两三四五六七八九十\d]{0,2}(?P<n>[二两三四五六七八九十])(?:个|大|项|条|种|类)?[^一二两三四五六七八九十\d]+"
)
COUNTED_WORDS = re.compile(r"[二两三四五六七八九十](?:个|大|项|种|条|类)?(?P<words>.{2,})")


def counted(question: Question) -> int | None:
    """Return how many things the question counts without saying so: 三 in “三大整治”, the characters in “城”“岛”."""
    numbers = [
        word_lists().counts.get(match["n"], 0) for name in slogans(question) if (match := COUNTING.fullmatch(name))
    ]
    return next((number for number in numbers if number > 1), len(endings(question))) or None


def endings(question: Question) -> list[str]:
    """Return the single characters, two or more, by which a question names things: 城, 岛 of 哪两样：城、岛."""
    quoted = [name for name in slogans(question) if HAN.fullmatch(name)]
    joined = SINGLES.search(fold(question.standalone))
    return quoted if len(quoted) > 1 else joined[0].split("、") if joined else []


def slogans(question: Question) -> list[str]:
    """Return the folded words a question quotes, without the names of periods (“十五五”)."""
    periods = [fold(period.text) for period in question.periods]
    return [name for name in map(fold, question.quoted) if not any(name in period for period in periods)]


def stems(question: Question) -> list[str]:
    """What each item of a slogan ends with: 型 for 三型干部, 量 for “三量”."""
    found = [match["stem"][0] for name in slogans(question) if (match := SLOGAN.match(name))]
    return list(dict.fromkeys(found))


def long_stems(question: Question) -> list[str]:
    """What the items of a slogan are called, of two characters or more: 更加注重 for “五个更加注重”."""
    found = [match["stem"] for name in slogans(question) if (match := SLOGAN.match(name))]
    return [stem for stem in found if len(stem) >= MIN_STEM_CHARS]


def bare_stems(question: Question) -> set[str]:
    """Return the bare characters a slogan counts: 屏, 带 of 三屏两带."""
    return {stem for name in slogans(question) for stem in BARE_STEM.findall(name)}


def is_counted(name: str) -> bool:
    """Say whether a quoted name begins with a number: “四风” names no thing by itself."""
    return SLOGAN.fullmatch(fold(name)) is not None


def repeated_in_items(name: str) -> str:
    """Return the two characters behind a slogan's number that its items may repeat: 1亿 of “三个1亿人”; "" else."""
    match = COUNTED_WORDS.fullmatch(name)
    return match["words"][:2] if match else ""
