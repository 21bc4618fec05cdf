"""Score the extraction of figures against figures labelled by hand in windows of real reports.

``python -m eval.run_figures [--show]`` needs REPORT_QA_CORPUS; the labels hold no text of the reports, only hashes and
offsets. A figure counts as right when indicator, value, unit, years and reading are all right; inside a window every
figure that is extracted must be labelled. Labels marked optional count neither way.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.figures import extract_figures
from rag.language.places import load_gazetteer
from rag.reading import read_document
from rag.reading.cleaning import clean
from rag.reading.report import build_report
from rag.types import Figure

LABELS = Path(__file__).parent / "gold" / "figures.jsonl"
ASPECTS = ("indicator", "value", "unit", "years", "reading")
MAX_INDICATOR_CHARS = 26
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over all windows: figures extracted, labelled, found at all, and right in every aspect."""

    extracted: int
    labelled: int
    found: int
    right: int
    wrong: dict[str, int]

    @property
    def precision(self) -> float:
        """The share of extracted figures that are right."""
        return self.right / self.extracted if self.extracted else 0.0

    @property
    def recall(self) -> float:
        """The share of labelled figures that were extracted right."""
        return self.right / self.labelled if self.labelled else 0.0


def read_labels(path: Path = LABELS) -> dict[str, list[dict[str, Any]]]:
    """Return the labels by the SHA-256 of the file they are in, windows and figures in text order."""
    labels: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        labels.setdefault(row["file_sha256"], []).append(row)
    return labels


def _years(wanted: str) -> set[int] | None:
    """Return the years a label allows; None for any, the empty set for none named."""
    if wanted == "*":
        return None
    if wanted == "-":
        return set()
    first, _, last = wanted.partition("-")
    return set(range(int(first), int(last or first) + 1))


def judge(figure: Figure, label: dict[str, Any]) -> tuple[str, ...]:
    """Return the aspects of a figure that differ from its label, in the order of ASPECTS; () if it is right."""
    years = _years(label["year"])
    indicators = label["indicator"].split("/")
    indicator = figure.indicator.replace(" ", "")
    right = {
        "indicator": any(name in indicator for name in indicators) and len(indicator) <= MAX_INDICATOR_CHARS,
        "value": abs(figure.value - label["value"]) <= TOLERANCE * max(1.0, abs(label["value"])),
        "unit": figure.unit == label["unit"],
        "years": years is None or not years or (bool(figure.years) and set(figure.years) <= years),
        "reading": label["reading"] in ("*", figure.reading.value),
    }
    return tuple(aspect for aspect in ASPECTS if not right[aspect])


def pairs(path: Path, labels: list[dict[str, Any]]) -> Iterator[tuple[Figure | None, dict[str, Any] | None]]:
    """Give each extracted figure with its label, figures without label and labels without figure, for one report."""
    content = path.read_bytes()
    source = read_document(content, path.name)
    report = build_report(content, path.name, source, load_gazetteer())
    offsets = clean(source).offsets
    windows = [(row["start"], row["end"]) for row in labels if row["kind"] == "window"]
    open_labels = [row for row in labels if row["kind"] == "figure"]
    for figure in extract_figures(report.report_id, report.text, report.sections, report.profile):
        start, end = offsets.to_original(figure.start, figure.end)
        if not any(first <= start and end <= last for first, last in windows):
            continue
        label = next((row for row in open_labels if row["start"] < end and start < row["end"]), None)
        if label is not None:
            open_labels.remove(label)
        yield figure, label
    yield from ((None, label) for label in open_labels)


def run(corpus: Path, *, show: bool = False) -> Score:
    """Score all labelled reports found under ``corpus``; with ``show`` print each figure that is not right."""
    labels = read_labels()
    found = right = extracted = labelled = 0
    wrong = dict.fromkeys((*ASPECTS, "missed", "extra"), 0)
    for path in sorted(corpus.rglob("*.txt")):
        rows = labels.get(hashlib.sha256(path.read_bytes()).hexdigest(), [])
        for figure, label in pairs(path, rows) if rows else ():
            if label and label.get("optional"):
                continue
            extracted += figure is not None
            labelled += label is not None
            found += figure is not None and label is not None
            aspects = judge(figure, label) if figure and label else ("missed",) if label else ("extra",)
            right += not aspects
            for aspect in aspects:
                wrong[aspect] += 1
            if show and aspects:
                print(path.name, aspects, _describe(figure), label and {k: v for k, v in label.items() if k in SHOWN})
    return Score(extracted, labelled, found, right, wrong)


SHOWN = ("indicator", "value", "unit", "year", "reading", "start")


def _describe(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.indicator} {figure.value:g}{figure.unit} {figure.years} {figure.reading.value}"


def main() -> None:
    """Print precision and recall."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print each figure that is not right")
    root = os.environ.get("REPORT_QA_CORPUS")
    if not root:
        raise SystemExit("set REPORT_QA_CORPUS to the folder that holds corpus/")
    score = run(Path(root) / "corpus", show=parser.parse_args().show)
    print(f"labelled {score.labelled}  extracted {score.extracted}  found {score.found}  right {score.right}")
    print(f"precision {score.precision:.3f}  recall {score.recall:.3f}  wrong {score.wrong}")


if __name__ == "__main__":
    main()
