"""In which language a text is written, told by its script and, among Latin letters, by letters and small words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
# Letters that one language alone writes, and small words that need two to tell; the first that fits is taken.
SCRIPTS = tuple(
    (language, re.compile(pattern, re.IGNORECASE))
    for language, pattern in (
        ("ja", r"[\u3041-\u30fa]"),
        ("ko", r"[\uac00-\ud7a3]"),
        ("ar", r"[\u0621-\u064a]"),
        ("vi", r"[ăđơưạ-ỹ]"),
        ("es", r"[¿¡ñ]|\b(?:los|las|del|una|por|para|qué|cuánt[oa]s?|fue|año|según|\w+ci(?:ón|ones))\b"),
    )
)
# How many characters say as much as one Chinese one.
DENSITY = {"zh": 1, "ja": 3 / 2, "ko": 3 / 2}
LATIN_DENSITY = 3


def language_of(text: str) -> str:
    """Return "zh", "ja", "ko", "ar", "vi", "es", else "en"; names in another script change nothing."""
    han, words = sum("\u3400" <= character <= "\u9fff" for character in text), len(LATIN_WORD.findall(text))
    letters = han + sum(map(str.isalpha, text)) or 1
    for language, pattern in SCRIPTS:
        count = len(pattern.findall(text))
        if count > 1 and (10 * count >= letters or (language in ("vi", "es") and 8 * count >= words > han)):
            return language
    return "zh" if han >= 2 * words and han else "en"


def density_of(text: str) -> float:
    """Return how many characters of the text's language say as much as one Chinese character."""
    return DENSITY.get(language_of(text), LATIN_DENSITY)


@cache
def wordings(language: str) -> dict[str, Any]:
    """Return what the service says of its own in a language; in English where it has no words for it."""
    tables = tomllib.loads(files("rag").joinpath("data", "wordings.toml").read_text("utf-8"))
    return {**tables["en"], **tables.get(language, {})}
