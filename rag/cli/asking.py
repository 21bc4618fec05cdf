"""ask, search."""

from __future__ import annotations

import argparse

from rag.cli.output import opened_service, say, say_json
from rag.contract import answer_body, explained_hit_body, hit_body
from rag.types import Answer, Citation, Hit, Report


def ask(options: argparse.Namespace) -> int:
    """Answer a question; "not found" is an answer too."""
    with opened_service() as service:
        answer = service.ask(as_typed(options.question))
    if options.json:
        say_json(answer_body(answer))
    else:
        _tell(answer)
    return 0


def search(options: argparse.Namespace) -> int:
    """Find passages, best first."""
    with opened_service() as service:
        found = service.search(as_typed(options.text), limit=options.limit, place=options.place, year=options.year)
        reports = {key: service.report(key) for key in {hit.passage.report_id for hit in found.hits}}
    if options.json:
        shape = explained_hit_body if options.explain else hit_body
        hits = [shape(hit, reports[hit.passage.report_id]) for hit in found.hits]
        say_json({"hits": hits, "understood": found.understood, "reason": found.reason})
        return 0
    for hit in found.hits:
        say(*_lines(hit, reports[hit.passage.report_id], explain=options.explain))
    if not found.hits:
        say(found.reason)
    return 0


def as_typed(argument: str) -> str:
    """Return the UTF-8 that was typed, also where the locale made something else of its bytes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _tell(answer: Answer) -> None:
    say(answer.text)
    for citation in answer.citations:
        say("", f"[{citation.marker}] {_where(citation)}", f"    “{citation.quote}”")
    for note in answer.notes:
        say("", note)


def _where(citation: Citation) -> str:
    page = f"p. {citation.page}" if citation.page else ""
    return " · ".join(filter(None, [citation.title, " > ".join(citation.section), page, citation.source]))


def _lines(hit: Hit, report: Report, *, explain: bool) -> list[str]:
    section = " > ".join(report.sections[hit.passage.section_index].path)
    lines = [f"{hit.rank}. {hit.score:.3f}  {report.profile.title} · {section}", f"   {hit.passage.text}"]
    if explain:
        signals = "  ".join(f"{name} {value:.3f}" for name, value in hit.signals.items())
        lines.append(f"   {signals}  {hit.passage.report_id} [{hit.passage.start}:{hit.passage.end}]")
    return [" ".join(line.split("\n")) for line in lines]
