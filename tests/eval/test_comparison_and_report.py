import math
import re
import subprocess
from html.parser import HTMLParser

import pytest

from eval.compare import compare_rows
from eval.intervals import estimate
from eval.plots import bar_chart, histogram, line_chart
from eval.report import report_page
from eval.results import Result, commit_of, read_result, read_rows_of, write_result
from eval.scoring import Row
from rag.errors import BadInputError


def row(name, *, right, answer="甲<b>", seconds=0.01):
    return Row(
        id=name,
        question="问？",
        type="number",
        lang="zh",
        difficulty="easy",
        places=("云汀县",),
        answerable=True,
        expected="乙",
        status="answered",
        answer=answer,
        right=right,
        accurate=right,
        seconds=seconds,
        quotes=("引文",),
        gold_quotes=("证据",),
    )


def result(*, subject="report-qa", commit="abc", time="2026-01-01T00:00:00", right=(1.0, 0.0), kind="answers"):
    return Result(
        kind=kind,
        subject=subject,
        dataset="samples",
        dataset_hash="1",
        corpus="samples",
        corpus_hash="2",
        commit=commit,
        commit_time=time,
        settings={"limit": 1},
        models={"embedding": "bundled"},
        prompt_hashes={},
        n=len(right),
        figures={"right": estimate(right), "R@1": estimate(right), "R@5": estimate(right), "none": estimate([])},
        by={"type": {"number": estimate(right)}},
        latency_ms={"p50": 1.0},
    )


def test_a_result_is_read_as_it_was_written(tmp_path):
    written = result()
    path = write_result(written, [row("a", right=True)], tmp_path)
    read = read_result(path)
    assert read.figures["right"] == written.figures["right"]
    assert math.isnan(read.figures["none"].value)
    assert read_rows_of(path)[0]["id"] == "a"


def test_a_commit_is_marked_when_code_differs_and_not_when_results_do(tmp_path):
    def git(*arguments):
        subprocess.run(["git", "-C", tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True)

    (tmp_path / "eval" / "results").mkdir(parents=True)
    code, figures = tmp_path / "code.py", tmp_path / "eval" / "results" / "x.json"
    code.write_text("1")
    figures.write_text("1")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "first")
    figures.unlink()
    assert not commit_of(tmp_path)[0].endswith("+")
    code.write_text("2")
    assert commit_of(tmp_path)[0].endswith("+")


def test_a_file_that_is_no_result_is_refused_with_its_name(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("{}")
    with pytest.raises(BadInputError, match=r"x\.json"):
        read_result(path)


def test_a_comparison_names_the_questions_that_changed():
    before = [row("a", right=True).as_json(), row("b", right=False).as_json(), row("only", right=True).as_json()]
    after = [row("a", right=False, answer="丙").as_json(), row("b", right=False).as_json()]
    comparison = compare_rows(before, after)
    assert comparison.shared == 2
    assert [(change.id, change.gained) for change in comparison.changes] == [("a", False)]
    assert comparison.differences["right"].value == -0.5


def test_searches_are_compared_by_the_rank_of_the_first_evidence():
    before = [{"id": "a", "question": "问", "ranking": [[], [0]], "relevant": 1}]
    after = [{"id": "a", "question": "问", "ranking": [[0], []], "relevant": 1}]
    comparison = compare_rows(before, after)
    assert comparison.differences["MRR@10"].value == 0.5
    assert comparison.changes[0].gained


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in {"meta", "rect", "line", "circle", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in {"meta", "rect", "line", "circle", "polyline"}:
            assert self.open.pop() == tag


def page():
    rows = [row("a", right=True).as_json(), row("b", right=False).as_json()]
    runs = [(result(), rows), (result(commit="def", time="2026-02-01T00:00:00", right=(1.0, 1.0)), rows)]
    searches = [result(kind="retrieval", subject=name) for name in ("BM25", "report-qa")]
    perfect = (result(kind="perfect"), rows[:1])
    return report_page([*runs, perfect, *((search, []) for search in searches)])


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere():
    tags = Tags()
    tags.feed(page())
    assert tags.open == []
    assert not tags.seen & {"script", "link", "img", "iframe"}


def test_the_page_shows_wrong_answers_with_their_evidence_as_text():
    shown = page()
    assert "证据" in shown
    assert "甲&lt;b&gt;" in shown
    assert "Wrong answers: 1 of 2" in shown


def test_the_page_draws_every_kind_of_plot():
    titles = re.findall("<figcaption>([^<]+)</figcaption>", page())
    assert titles == [
        "answers: right over commits",
        "Right by type",
        "Latency of an answer",
        "Right by type",
        "Latency of an answer",
        "R@1 by what searches",
        "Evidence among the first k hits",
    ]


def test_commits_are_named_below_their_history():
    shown = page()
    assert ">abc<" in shown
    assert ">def<" in shown


def test_plots_leave_out_what_was_not_measured():
    assert bar_chart("x", {"none": estimate([])}).count("<rect") == 0
    assert line_chart("x", {"a": []}, x_label="k") == ""
    assert histogram("x", [], unit="ms") == ""
