"""The administrative divisions of China, as values read from ``rag/data``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import IntEnum
from importlib.resources import files

NATION = "全国"


class Level(IntEnum):
    """How high a place stands; a smaller number is a larger place."""

    NATION = 0
    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its full name ("灌云县") and the path of full names from its province down to itself.

    ``pinyin`` is the short name in lower-case letters without spaces, empty for a place known by its form alone.
    ``former`` names are no longer in force; ``ordinary`` short names are also everyday words ("和平").
    ``listed`` is False for a place recognised by its form only.
    """

    name: str
    short: str
    path: tuple[str, ...]
    level: Level
    pinyin: str = ""
    former: bool = False
    ordinary: bool = False
    listed: bool = True


def _read(name: str) -> str:
    return files("rag").joinpath("data", name).read_text("utf-8")


def _level(code: str) -> Level:
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def _ancestors(code: str, names: dict[str, str]) -> list[str]:
    parents = (code[:2] + "0000", code[:4] + "00")
    return [names[parent] for parent in parents if parent in names and parent != code]


def load_divisions() -> tuple[Place, ...]:
    """Read every division, the nation first, then in the order of the official codes."""
    rows = [line.split("\t") for line in _read("divisions.tsv").splitlines()]
    names = {code: name for code, name, _, _, flags in rows if "former" not in flags}
    places = [Place(NATION, NATION, (NATION,), Level.NATION, "china")]
    for code, name, short, pinyin, flags in rows:
        path = (*_ancestors(code, names), name)
        places.append(Place(name, short, path, _level(code), pinyin, "former" in flags, "word" in flags))
    return tuple(places)


def load_aliases() -> dict[str, str]:
    """Read romanised names that are not the pinyin: lower-case letters to full name."""
    pairs = (line.split("\t") for line in _read("place_aliases.tsv").splitlines())
    return dict(pairs)


def load_common_words() -> frozenset[str]:
    """Read frequent two-character words."""
    return frozenset(_read("common_words.txt").split())


@dataclass(frozen=True, slots=True)
class FormWords:
    """What helps to tell "青禾县" from "全县" and a place from a word: see ``place_form_words.toml``.

    ``stems`` and ``followers`` are keyed by suffix and hold the characters that forbid a name before and after it;
    ``stops`` are characters no name runs across; ``institutions`` words that follow a place in the name of something
    else; ``nation_before`` and ``nation_after`` what stands beside 全国 when it is not the place spoken of;
    ``english`` everyday English words that are spelled like a place.
    """

    stems: dict[str, frozenset[str]]
    followers: dict[str, frozenset[str]]
    stops: frozenset[str]
    institutions: re.Pattern[str]
    nation_before: frozenset[str]
    nation_after: tuple[str, ...]
    english: frozenset[str]


def load_form_words() -> FormWords:
    """Read the word lists that guard the recognition of places."""
    tables = tomllib.loads(_read("place_form_words.toml"))
    return FormWords(
        stems={suffix: frozenset(characters) for suffix, characters in tables["stems"].items()},
        followers={suffix: frozenset(characters) for suffix, characters in tables["followers"].items()},
        stops=frozenset(tables["stops"]["characters"]),
        institutions=re.compile(f"[东西南北中]?(?:{'|'.join(tables['institutions']['words'])})"),
        nation_before=frozenset(tables["nation"]["before"]),
        nation_after=tuple(tables["nation"]["after"]),
        english=frozenset(tables["english"]["words"]),
    )
