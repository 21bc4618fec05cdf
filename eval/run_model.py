"""What comes out with a stand-in for the language model: the ceiling with a perfect one, nothing with a lying one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.dataset import Dialogue, GoldQuestion
from eval.intervals import Estimate, estimate
from eval.run_answers import run_answers, run_dialogues
from eval.scoring import Row
from eval.stand_ins import LyingModel, PerfectModel
from eval.summary import headlines
from eval.workspace import scratch_service
from rag.config import Settings
from rag.service import Service


@dataclass(frozen=True, slots=True)
class Lie:
    """A lie that came out: what kind, the altered clause, and the answer."""

    kind: str
    claim: str
    answer: str


def perfect_model(items: Sequence[GoldQuestion], dialogues: Sequence[Dialogue] = ()) -> PerfectModel:
    """Build a model that knows these questions."""
    turns = [turn for row in dialogues for turn in row.turns]
    before = [was for row in dialogues for was in ("", *(turn.question for turn in row.turns[:-1]))]
    return PerfectModel([*items, *turns], [*([""] * len(items)), *before])


def ask_perfect(
    service: Service, model: PerfectModel, items: Sequence[GoldQuestion], dialogues: Sequence[Dialogue] = ()
) -> tuple[tuple[Row, ...], dict[str, str]]:
    """Ask everything; returns the rows and what the model saw, in words."""
    rows = run_answers(items, service) + run_dialogues(dialogues, service)
    seen = model.seen
    questions = {row.question for row in rows}
    told = {
        "asked without the model": f"{len(questions - set(seen.calls))} of {len(questions)}",
        "evidence incomplete": f"{len(seen.incomplete)} of {sum(row.answerable for row in rows)}",
        "answered in one call": f"{sum(count == 1 for count in seen.calls.values()) / max(1, len(seen.calls)):.2f}",
        "median prompt": f"{median(seen.prompt_chars or [0]):.0f} characters",
    }
    return rows, told


def ask_lying(service: Service, model: LyingModel, items: Sequence[GoldQuestion], replies: int) -> list[Lie]:
    """Ask again and again until the model has lied ``replies`` times; returns the lies that came out."""
    out: list[Lie] = []
    while items and model.told.total() < replies:
        told = model.told.total()
        for item in items:
            answer = service.ask(item.question)
            if answer.answered_by == model.name and answer.status == "answered":
                out.append(Lie(*model.last, answer.text))
        if model.told.total() == told:
            break
    return out


def without_model(settings: Settings) -> Settings:
    """The settings with no language model named: a stand-in takes its place."""
    return settings.model_copy(update={"llm": None})


def stand_in_figures(
    settings: Settings, corpus: Path, items: Sequence[GoldQuestion], lies: int
) -> dict[str, dict[str, Estimate]]:
    """Measure both stand-ins over a folder of reports; figures by kind, with the share of ``lies`` that came out."""
    perfect, lying = perfect_model(items), LyingModel()
    with scratch_service(settings, corpus, perfect) as service:
        figures = headlines(ask_perfect(service, perfect, items)[0])
    with scratch_service(settings, corpus, lying) as service:
        came_out = len(ask_lying(service, lying, items, lies))
    told = [1.0] * came_out + [0.0] * (lying.told.total() - came_out)
    return {"perfect": figures, "lying": {"came_out": estimate(told)}}
