"""Names that an English question spells in Latin letters (Xiaoqiao, Da Yun), as the reports write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice

from pypinyin import Style, pinyin

from rag.matching import Synonym

NAME_WEIGHT = 0.9
MIN_LETTERS = 5
MAX_TEXT_CHARS = 400_000
MAX_SPELLINGS = 8
MAX_LETTERS = 24
MAX_CUTS = 32
SPELLED = re.compile(r"(?<=[a-z,'’] )[A-Z][a-z]+(?:['’ -][A-Z][a-z]+)*")
HAN = re.compile(r"[一-鿿]")


def spelled_names(question: str, texts: Iterable[str]) -> tuple[Synonym, ...]:
    """Return the wordings in ``texts`` that sound like the capitalised words of an English question; often none.

    The first word of a question tells nothing by its capital. Nothing is looked for in texts of more than
    ``MAX_TEXT_CHARS`` together, where too much sounds alike.
    """
    names = dict.fromkeys(part for match in SPELLED.finditer(question) for part in _parts(match[0]))
    text = "\n".join(texts) if names else ""
    if not names or len(text) > MAX_TEXT_CHARS:
        return ()
    sounds = _sounds(frozenset(HAN.findall(text)))
    return tuple(
        Synonym(wording, name, NAME_WEIGHT)
        for name in names
        for wording in _wordings("".join(filter(str.isalpha, name.lower())), sounds, text)
    )


def _parts(name: str) -> tuple[str, ...]:
    """Give the words of a name together and each alone."""
    words = re.split(r"[ '’-]", name)
    return tuple(part for part in dict.fromkeys((name, *words)) if sum(map(str.isalpha, part)) >= MIN_LETTERS)


def _sounds(characters: frozenset[str]) -> Mapping[str, str]:
    """Map each syllable to the ``characters`` that may be read so."""
    found: dict[str, str] = defaultdict(str)
    for character in sorted(characters):
        for syllable in _readings(character):
            found[syllable] += character
    return found


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(reading.replace("ü", "v") for reading in readings))


def _wordings(letters: str, sounds: Mapping[str, str], text: str) -> tuple[str, ...]:
    cuts = islice(_syllables(letters, sounds), MAX_CUTS) if len(letters) <= MAX_LETTERS else ()
    patterns = ["".join(f"[{sounds[syllable]}]" for syllable in row) for row in cuts]
    found = [match for pattern in patterns for match in re.findall(pattern, text)]
    return tuple(dict.fromkeys(found))[:MAX_SPELLINGS]


def _syllables(letters: str, sounds: Mapping[str, str], *, first: int = 2) -> Iterator[tuple[str, ...]]:
    """Yield the ways to cut ``letters`` into syllables, two or more of them."""
    for size in range(1, min(6, len(letters)) + 1):
        syllable, rest = letters[:size], letters[size:]
        if syllable not in sounds:
            continue
        if not rest and first <= 1:
            yield (syllable,)
        for others in _syllables(rest, sounds, first=first - 1):
            yield (syllable, *others)
