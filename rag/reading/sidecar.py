"""A file NAME.meta.toml beside a report says what its profile is where the text does not, or wrongly."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag.errors import BadInputError
from rag.language.places import Gazetteer
from rag.types import Profile, ReportKind

SUFFIX = ".meta.toml"
TEXT_FIELDS = ("title", "place", "issuer", "author")
YEAR_FIELDS = ("year", "current_year")
FIELDS = (*TEXT_FIELDS, *YEAR_FIELDS, "years", "date", "kind")
MIN_YEAR, MAX_YEAR = 1900, 2200


def parse_sidecar(content: bytes, name: str) -> dict[str, Any]:
    """Read the fields a sidecar sets.

    Raises:
        BadInputError: it is no TOML, or a field is unknown or has a value of the wrong kind; the message names it.
    """
    try:
        fields = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInputError(f"{name}: {error}") from error
    for key, value in fields.items():
        if key not in FIELDS:
            raise BadInputError(f"{name}: unknown field {key!r}; known fields: {', '.join(FIELDS)}")
        fields[key] = _checked(key, value, name)
    return fields


def _checked(key: str, value: Any, name: str) -> Any:
    if key in TEXT_FIELDS and isinstance(value, str):
        return value.strip()
    if key in YEAR_FIELDS and _is_year(value):
        return value
    if key == "years" and isinstance(value, list) and all(map(_is_year, value)):
        return tuple(sorted(set(value)))
    if key == "date" and (day := _as_day(value)):
        return day
    if key == "kind" and value in set(ReportKind):
        return ReportKind(value)
    raise BadInputError(f"{name}: {key} = {value!r} is not {_expected(key)}")


def _is_year(value: object) -> bool:
    return type(value) is int and MIN_YEAR <= value <= MAX_YEAR


def _as_day(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    try:
        return datetime.date.fromisoformat(value).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""


def _expected(key: str) -> str:
    if key == "kind":
        return f"one of {', '.join(ReportKind)}"
    if key == "years":
        return f"a list of years from {MIN_YEAR} to {MAX_YEAR}"
    if key == "date":
        return "a day such as 2031-01-10"
    return f"a year from {MIN_YEAR} to {MAX_YEAR}" if key in YEAR_FIELDS else "text"


def apply_sidecar(profile: Profile, fields: Mapping[str, Any], gazetteer: Gazetteer) -> Profile:
    """Return the profile with the sidecar's fields; a place it names gets its full name and path."""
    profile = replace(profile, **fields)
    if "place" not in fields:
        return profile
    places = gazetteer.resolve(fields["place"])
    if not places:
        return replace(profile, place=fields["place"] or None, place_path=(fields["place"],) if fields["place"] else ())
    return replace(profile, place=places[0].name, place_path=places[0].path)
