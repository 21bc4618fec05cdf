"""Names of people and of places no list holds, in Latin letters and as questions spell them."""

from __future__ import annotations

import re

from pypinyin import lazy_pinyin

OFFICE = "(?:市长|县长|区长|省长|书记|主席|总理)"
DOUBLE_SURNAMES = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯"})
SUFFIX = re.compile(r"(自治县|自治州|自治区|市|县|区|省|镇|乡)$")


def spell_person(name: str) -> str:
    """Spell a Chinese name, surname first: ``spell_person("贾晟") == "Jia Sheng"``; other names stay as they are."""
    if not re.fullmatch(r"[一-鿿]{2,4}", name):
        return name
    size = 2 if name[:2] in DOUBLE_SURNAMES else 1
    parts = (name[:size], name[size:])
    return " ".join("".join(lazy_pinyin(part)).capitalize() for part in parts)


def spell_place(name: str) -> str:
    """Spell a place's name without its suffix: ``spell_place("云汀县") == "Yunting"``."""
    stem = SUFFIX.sub("", name) if len(name) > 2 else name
    return "".join(lazy_pinyin(stem)).capitalize()


def person_pattern(name: str) -> re.Pattern[str]:
    """Match a person by full name, by "surname + office" or in Latin letters, case aside."""
    spaced = r"\s*".join(re.escape(character) for character in name)
    latin = r"[\s-]*".join(re.escape(part) for part in spell_person(name).split())
    return re.compile(rf"{spaced}|{re.escape(name[0])}{OFFICE}|\b{latin}\b", re.IGNORECASE)
