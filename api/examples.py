"""Questions to begin with: written ones for the samples, made ones for whatever else is there."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from typing_extensions import TypedDict

from rag.service import Service
from rag.types import Figure, Reading, ReportSummary, Understood

MAX_EXAMPLES = 6
MAX_LOOKED_AT = 6
MAX_FOLLOW_UPS = 3
MAX_INDICATOR_CHARS = 14


class Example(TypedDict):
    """One question in both languages of the page."""

    zh: str
    en: str


class ExamplesBody(TypedDict):
    """Questions to begin with."""

    examples: list[Example]


class SampleQuestion(Example):
    """A question that reports with these file names answer."""

    sources: list[str]


def find_examples(service: Service) -> list[Example]:
    """Return up to six questions about the reports at hand; none when there are none."""
    summaries = service.reports()
    present = {each.source for each in summaries}
    known: list[Example] = [
        {"zh": row["zh"], "en": row["en"]} for row in sample_questions() if present.issuperset(row["sources"])
    ]
    return known[:MAX_EXAMPLES] or _made_from_figures(service, summaries)


@cache
def sample_questions() -> tuple[SampleQuestion, ...]:
    """Read the questions written for the samples."""
    return tuple(json.loads(Path(__file__).with_name("examples.json").read_text("utf-8")))


def _made_from_figures(service: Service, summaries: tuple[ReportSummary, ...]) -> list[Example]:
    """Ask one report of each place for its first plain figure."""
    by_place = {each.profile.place: each for each in summaries if each.profile.place}
    made = []
    for place, summary in list(by_place.items())[:MAX_LOOKED_AT]:
        figure = next((each for each in service.report(summary.report_id).figures if _is_plain(each)), None)
        if figure:
            made.append(_ask_for(str(place), figure))
    return made


def find_follow_ups(service: Service, asked: Understood) -> list[str]:
    """Return up to three questions that the reports answer: about the places just asked about, where there are such."""
    summaries = service.reports()
    near = [each for each in summaries if each.profile.place in asked.places] or summaries
    made: dict[str, str] = {}
    for summary in near[:MAX_LOOKED_AT]:
        for figure in service.report(summary.report_id).figures:
            is_new = figure.indicator not in made and figure.indicator not in asked.standalone
            if len(made) < MAX_FOLLOW_UPS and is_new and figure.place and _is_plain(figure):
                made[figure.indicator] = _ask_for(figure.place, figure)["zh" if asked.language == "zh" else "en"]
    return list(made.values())


def _is_plain(figure: Figure) -> bool:
    short = 2 <= len(figure.indicator) <= MAX_INDICATOR_CHARS
    return short and len(figure.years) == 1 and figure.reading in {Reading.RESULT, Reading.TARGET}


def _ask_for(place: str, figure: Figure) -> Example:
    target = "目标" if figure.reading is Reading.TARGET else ""
    goal = " target" if figure.reading is Reading.TARGET else ""
    zh = f"{place}{figure.years[0]}年{figure.indicator}{target}是多少？"
    return {"zh": zh, "en": f"What is the {figure.years[0]} figure{goal} for {figure.indicator} in {place}?"}
