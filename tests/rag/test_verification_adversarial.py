"""True answers made from whole reports pass verification; the same answers altered in one thing are caught."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from eval.adversarial import CHANGES, alter, quoting_answers, restating_answers
from rag.old.answering.verification import verify
from rag.language.places import load_gazetteer
from rag.reading.report import read_report

SAMPLES = Path(__file__).parents[2] / "samples"
MIN_CAUGHT, MAX_REJECTED = 0.99, 0.01
PLACES = ("扬中市", "如皋市", "灌云县", "云汀县", "霁川市")


def try_all(paths):
    """Verify every true answer and every alteration of each; count true, rejected, altered and missed ones."""
    gazetteer, random, counts = load_gazetteer(), Random(7), Counter()
    for path in paths:
        report = read_report(path.read_bytes(), path.name)
        for case in [*quoting_answers(report, gazetteer), *restating_answers(report, report.figures)]:
            language = "en" if case.answer.endswith(".") else "zh"

            def passes(answer, citations, language=language):
                return verify(answer, citations, question="", language=language, gazetteer=gazetteer).ok

            counts["true"] += 1
            if not passes(case.answer, case.citations):
                counts["rejected"] += 1
                continue
            for altered in alter(case, random, places=PLACES):
                counts["altered"] += 1
                counts[altered.alteration] += 1
                counts["missed"] += passes(altered.answer, altered.citations)
    return counts


def hold(counts):
    assert counts["rejected"] < MAX_REJECTED * counts["true"], counts
    assert counts["missed"] <= (1 - MIN_CAUGHT) * counts["altered"], counts


def test_alterations_of_answers_from_the_samples_are_caught_and_true_answers_pass():
    counts = try_all(sorted(path for path in SAMPLES.iterdir() if path.suffix in (".txt", ".md", ".html")))
    assert counts["altered"] >= 500
    assert all(counts[name] for name in CHANGES)
    hold(counts)


@pytest.mark.slow
def test_alterations_of_answers_from_real_reports_are_caught_and_true_answers_pass():
    root = os.environ.get("REPORT_QA_CORPUS")
    if not root:
        pytest.skip("set REPORT_QA_CORPUS to the folder that holds corpus/ to alter answers from real reports")
    corpus = Path(root) / "corpus"
    hold(try_all([*sorted((corpus / "seeds").glob("*.txt")), *sorted((corpus / "reports").rglob("*.txt"))[::20]]))
