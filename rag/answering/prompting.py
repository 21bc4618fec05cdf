"""Prompts: one text file each, filled in by ``string.Template``, and the blocks of material a model is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from rag.answering.tables import TableWriter
from rag.finding.gathering import Evidence, shown
from rag.language.scripts import wordings
from rag.types import ReportSummary

HASH_CHARS = 12
MAX_REPORTS_TOLD = 12
PROMPTS: Mapping[str, frozenset[str]] = {
    "answer": frozenset(),
    "prose": frozenset(),
    "repair": frozenset({"problems"}),
    "standalone": frozenset({"question"}),
    "wishes": frozenset({"wishes"}),
}
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's ``name`` ("answer.zh"), its text with ``$variables`` and the hash of that text (12 hex digits)."""

    name: str
    text: str
    hash: str

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables the text holds."""
        return frozenset(Template(self.text).get_identifiers())

    def fill(self, values: Mapping[str, str]) -> str:
        """Put values in; a value is never read as a template.

        Raises:
            KeyError: a variable has no value.
        """
        return Template(self.text).substitute(values).strip()


def load_prompt(name: str, language: str) -> Prompt:
    """Read a prompt of PROMPTS in "zh" or, for every other language, in "en".

    Raises:
        KeyError: there is no such prompt.
    """
    if name not in PROMPTS:
        raise KeyError(name)
    language = "zh" if language == "zh" else "en"
    text = files("prompts").joinpath(f"{name}.{language}.txt").read_text("utf-8")
    return Prompt(f"{name}.{language}", text, hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARS])


def question_block(question: str, standalone: str = "") -> str:
    """Write the user's words, and the completed question where there is one, between their marks."""
    block = f"<question>{shown(question.strip())}</question>"
    return f"{block}\n<standalone>{shown(standalone)}</standalone>" if standalone else block


def evidence_block(evidence: Evidence, language: str = "zh") -> str:
    """Write the numbered, labelled spans between their marks, before them what tables they are the rows of."""
    spans = (f"[{span.number}] {span.label}\n{shown(span.text.strip())}" for span in evidence.spans)
    head = TableWriter(evidence, evidence.question, language).head() if evidence.question else ""
    table = [f"<table>\n{shown(head)}\n</table>"] if head else []
    return "\n".join(("<evidence>", *table, *spans, "</evidence>"))


def reports_block(reports: Sequence[ReportSummary], missing: Sequence[str], language: str) -> str:
    """Write which reports of the named places there are, a line each; past twelve how many, of when; "" for none."""
    rows = [_report_line(row) for row in reports[:MAX_REPORTS_TOLD]]
    if more := reports[MAX_REPORTS_TOLD:]:
        years = sorted(row.profile.year for row in more if row.profile.year)
        rows.append(f"… +{len(more)}" + (f": {years[0]}—{years[-1]}" if years else ""))
    rows += [wordings(language)["no_report"].format(place).strip(" 。.") for place in missing]
    return "\n".join(("<reports>", *map(shown, rows), "</reports>")) if rows else ""


def _report_line(row: ReportSummary) -> str:
    profile = row.profile
    years = "、".join(map(str, profile.years[-3:]))
    parts = (profile.place or "", " ".join(profile.title.split())[:60], profile.author, profile.date, years)
    return " · ".join(dict.fromkeys(part for part in parts if part))
