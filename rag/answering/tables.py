"""Answers from tables, by code: one sentence over the rows a question asks for, and the table itself.

Every figure of the sentence is quoted. What no report could be read for is named in it; ranges are compared by their
lower, then by their upper end, ties are named together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from rag.answering.items import Columns, Item, NotFound, Row
from rag.finding.gathering import Evidence
from rag.finding.indicators import translated
from rag.finding.piles import PileQuestion
from rag.finding.table_choosing import chosen
from rag.finding.table_words import words
from rag.finding.tables import bounds, dimension_of
from rag.language.scripts import wordings
from rag.language.units import measure
from rag.types import Claim, PileRow, PileTable, Reading

Names = Callable[[str], str]
MAX_NAMED = 12
MAX_MISSING = 5
MAX_COMPARED = 4
MAX_TOLD = 60
COMPUTED = ("sum", "average", "difference")
ENGLISH_BOUNDS = (
    (r"(.*)左右", r"around \1"), (r"(.*)以上", r"\1 or more"), (r"(.*)(?:以下|以内)", r"\1 or less"),
    (r"(?:不少于|不低于)(.*)", r"at least \1"), (r"(?:不超过|不高于)(.*)", r"at most \1"),
    (r"(?:超过|高于|突破)(.*)", r"over \1"), (r"(?:低于|控制在)(.*)", r"below \1"),
)  # fmt: skip


@cache
def _answer_words() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("rag").joinpath("data", "table_answers.toml").read_text("utf-8"))


class TableWriter:
    """Words the tables of one answer; ``name_of`` gives a place's name in the answer's language."""

    def __init__(self, evidence: Evidence, question: PileQuestion, language: str, name_of: Names = str) -> None:
        self._evidence = evidence
        self._question = question
        self._tables = evidence.tables
        self._language = language if language in _answer_words() else "en"
        self._words = _answer_words()[self._language]
        self._name_of = name_of
        rows = [row for table in self._tables for row in table.rows]
        self._many_places = len({row.place for row in rows}) > 1
        self._many_years = len({row.year for row in rows}) > 1

    def items(self) -> Iterator[Item]:
        """Yield the sentence of each table, or that nothing was found."""
        each_alone = {"highest", "lowest", "not", *COMPUTED} - ({"difference"} if self._are_readings() else set())
        if len(self._tables) > 1 and not self._question.wants & each_alone:
            yield self._side_by_side()
            return
        for table in self._tables:
            yield self._sentence(table)

    def table(self) -> tuple[Columns, list[Row]]:
        """Return the table as it is shown: a row for each place and year, a cell for each subject."""
        words, told = self._words, 1 if self._are_readings() else 0  # then the heads say what is meant
        names = (words["place"], words["when"], *(self._lead(each).strip() for each in self._tables), words["meant"])
        rows = []
        for (place, year), held in self._by_place_and_year().items():
            meant = dict.fromkeys(each.reading for each in held if each and each.reading is not Reading.UNKNOWN)
            cells = (
                self._name_of(place), str(year or ""),
                *(self._cell(each, table) for each, table in zip(held, self._tables, strict=True)),
                wordings(self._language)["readings"].get(next(iter(meant), Reading.UNKNOWN), ""),
            )  # fmt: skip
            rows.append(Row(cells[: len(cells) - told], self._quotes([each for each in held if each])))
        return Columns(names[: len(names) - told]), rows

    def head(self) -> str:
        """Say what the rows shown are of, how many there are, and which places and years have none: for a model."""
        lines = []
        for table in self._tables:
            numbers = [row.number for row in table.found if row.number]
            shown = f" [{min(numbers)}]—[{max(numbers)}] " if numbers else ""
            near = [row for row in table.missing if row.number]
            also = self._words["near"].format(self._listed(near, MAX_TOLD)) if near else ""
            lines.append(self._coverage(table, MAX_TOLD, shown + self._words["rule"]) + also)
        return "\n".join(lines)

    def coverage(self) -> str:
        """Say how many were looked at and which have none: for the reader of an answer."""
        return self._words["semicolon"].join(self._coverage(table, MAX_NAMED) for table in self._tables)

    def _coverage(self, table: PileTable, limit: int, shown: str = "") -> str:
        text = self._words["head"].format(self._lead(table).strip(), len(table.rows), len(table.found)) + shown
        if not table.missing:
            return text
        absent = self._words["unsaid" if table.is_term else "absent"]
        return f"{text}{self._words['semicolon']}{absent}: {self._listed(table.missing, limit)}"

    def _cell(self, row: PileRow | None, table: PileTable) -> str:
        if row is None or not row.words:
            return self._words["unsaid" if table.is_term else "absent"]
        return self._words["said"] if table.is_term else self._figure(row)

    def _told(self, row: PileRow, table: PileTable) -> str:
        """Return a cell, with whether it is a result or a target where there is a table of each."""
        kind = self._words.get(table.reading, "") if self._are_readings() else ""
        cell = self._cell(row, table)
        return kind + cell if self._language == "zh" else cell + kind

    def _sentence(self, table: PileTable) -> Item:
        words, question = self._words, self._question
        rows, absent = chosen(question, table), table.missing[:0]
        lead, kind = self._lead(table), self._kind(table)
        if not rows:
            return self._nothing(table, lead)
        named = rows[: MAX_TOLD if table.is_term else MAX_NAMED]
        items = words["comma"].join(self._item(row, table) for row in named)
        items += words["more"] if len(named) < len(rows) else ""
        value = computed(kind, [(bounds(row)[0], row.unit) for row in rows])
        value = words["about"].format(value) if kind == "average" else value
        text = words[kind].format(lead=lead, items=items, n=len(rows), value=value).strip()
        cited = table.found if "not" in question.wants else rows
        others = [row for row in table.found if row not in rows]
        if kind in ("highest", "lowest") and len(table.found) <= MAX_COMPARED and others:
            text += words["others"] + words["comma"].join(self._item(row, table) for row in others)
            cited = table.found
        if table.missing and not table.is_term and "not" not in question.wants:
            absent = table.missing[:MAX_MISSING]
            gap = words["missing"].format(self._listed(table.missing, MAX_MISSING))
            text = (words["among"] if kind in ("highest", "lowest", "count", "sum", "average") else "") + text
            text += words["open"] + gap + words["close"]
        quotes = self._quotes([*rows, *cited, *absent])
        return Claim(text + words["stop"], quotes) if quotes else NotFound(text + words["stop"])

    def _kind(self, table: PileTable) -> str:
        wants, suffix = self._question.wants, "_term" if table.is_term else ""
        if "not" in wants:
            return "gap" + suffix
        if table.is_term:
            return next(
                (kind for kind in ("first", "last") if kind in wants), "count" + suffix if "count" in wants else "term"
            )
        dimensions = {dimension_of(row.unit) for row in table.found}
        bound = words("figures")["before"]  # of a result that is only told to be above 300 nothing is reckoned
        is_exact = not any(row.reading is Reading.RESULT and bound.match(row.words) for row in table.found)
        is_reckoned = len(dimensions) == 1 and is_exact and len(table.found) > 1
        kinds = ("highest", "lowest", *(COMPUTED if is_reckoned else ()), "count")
        return next((kind for kind in kinds if kind in wants), "plain")

    def _nothing(self, table: PileTable, lead: str) -> Item:
        suffix = "_term" if table.is_term else ""
        quotes = self._quotes(table.found)
        if "not" in self._question.wants and quotes:
            return Claim(self._words["all" + suffix].format(lead=lead) + self._words["stop"], quotes)
        return NotFound(self._words["none" + suffix].format(lead=lead))

    def _side_by_side(self) -> Item:
        """Name the figures of all tables, place by place."""
        parts, cited = [], []
        for cells in list(self._by_place_and_year().values())[:MAX_NAMED]:
            held = [(row, table) for row, table in zip(cells, self._tables, strict=True) if row]
            parts.append(self._title(held[0][0]) + self._words["comma"].join(self._told(*each) for each in held))
            cited += [row for row, _ in held if row.words]
        text = self._words["semicolon"].join(parts) + self._words["stop"]
        quotes = self._quotes(cited)
        return Claim(text, quotes) if quotes else NotFound(text)

    def _are_readings(self) -> bool:
        """Tell whether results and targets of one thing stand in a table each."""
        return len({table.subject for table in self._tables}) < len(self._tables)

    def _by_place_and_year(self) -> dict[tuple[str, int | None], list[PileRow | None]]:
        """Return the rows of all tables side by side."""
        cells_of = [{(row.place, row.year): row for row in table.rows} for table in self._tables]
        keys = dict.fromkeys(key for cells in cells_of for key in cells)
        return {key: [cells.get(key) for cells in cells_of] for key in keys}

    def _quotes(self, rows: Sequence[PileRow]) -> tuple[tuple[int, str], ...]:
        spans = [self._evidence.span(row.number) for row in rows]
        return tuple({span.number: (span.number, span.text) for span in spans if span}.values())

    def _item(self, row: PileRow, table: PileTable) -> str:
        figure = "" if table.is_term or not row.words else self._figure(row)
        return self._title(row) + (" " if figure and self._language == "en" else "") + figure

    def _title(self, row: PileRow) -> str:
        place = self._name_of(row.place) if self._many_places else ""
        year = self._words["year"].format(row.year) if self._many_years and row.year else ""
        return f"{place} {year}".strip() if self._language == "en" else place + year

    def _listed(self, rows: Sequence[PileRow], limit: int) -> str:
        listed = self._words["comma"].join(dict.fromkeys(self._title(row) for row in rows[:limit]))
        return listed + (self._words["more"] if len(rows) > limit else "")

    def _figure(self, row: PileRow) -> str:
        text = row.words
        for pattern, english in ENGLISH_BOUNDS if self._language == "en" else ():
            text = re.sub(f"^{pattern}$", english, text)
        return text

    def _lead(self, table: PileTable) -> str:
        if table.is_term:
            return table.subject
        name = translated(table.subject) if self._language == "en" else table.subject
        grows = table.is_rate and not any(each in name for each in ("增", "率", "grow", "rate"))
        lead = name + (self._words["growth"] if grows else "")
        if table.reading is Reading.TARGET or self._are_readings():
            lead += self._words.get(table.reading, "")
        return lead if self._language == "zh" else " " + lead


def computed(kind: str, amounts: Sequence[tuple[float, str]]) -> str:
    """Return sum, average or difference of amounts in base units, in the first's unit; "" for other kinds."""
    if kind not in COMPUTED:
        return ""
    unit = amounts[0][1]
    values = [value / measure(unit)[1] for value, _ in amounts]
    value = max(values) - min(values) if kind == "difference" else sum(values)
    value = value / len(values) if kind == "average" else value
    unit = "个百分点" if kind == "difference" and unit == "%" else unit
    return format(value, ".2f" if kind == "average" else ".6f").rstrip("0").rstrip(".") + unit
