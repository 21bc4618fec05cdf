"""The gate on the samples, with the real service: what ``make eval`` runs, and that it notices a broken search."""

import pytest

from eval.baselines import build_baselines
from eval.bench.growth import HashedEmbedder, measure_growth
from eval.cli import RECORD, main, measure_samples
from eval.dataset import read_questions
from eval.gate import judge, read_record
from eval.results import read_result
from eval.run_retrieval import retrieval_figures, run_retrieval
from eval.sets import SAMPLES, find_set
from eval.workspace import scratch_service, service_search
from rag.config import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(models_dir):
    return Settings(models_dir=models_dir)


@pytest.fixture(scope="module")
def measured(settings, tmp_path_factory):
    return measure_samples(settings, tmp_path_factory.mktemp("runs"))


def test_every_headline_on_the_samples_is_within_its_recorded_interval(measured):
    recorded = read_record(RECORD)
    assert recorded, "nothing is recorded; run `report-qa eval gate --record`"
    fallen = [(v.kind, v.figure, v.recorded.value, v.measured.value) for v in judge(recorded, measured) if not v.held]
    assert fallen == []


def test_a_broken_search_falls_through_the_gate(measured, settings):
    """Breaks the search by giving each question the hits of another."""
    questions = read_questions(find_set("samples").gold)
    others = dict(zip([q.question for q in questions], [q.question for q in questions[::-1]], strict=True))
    with scratch_service(settings, SAMPLES) as service:
        search = service_search(service)
        broken = retrieval_figures(run_retrieval(questions, lambda words, limit: search(others[words], limit)))
    fallen = {
        verdict.figure for verdict in judge(read_record(RECORD), measured | {"retrieval": broken}) if not verdict.held
    }
    assert {"R@1", "R@5", "MRR@10", "nDCG@10"} <= fallen


def test_the_baselines_find_something_and_less_than_the_service(measured):
    questions = read_questions(find_set("samples").gold)[:40]
    baselines = build_baselines(SAMPLES, HashedEmbedder())
    found = {
        name: retrieval_figures(run_retrieval(questions, search))["R@1"].value for name, search in baselines.items()
    }
    assert set(found) == {
        "LangChain: vectors only",
        "LangChain: BM25 as it comes",
        "LangChain: EnsembleRetriever",
        "BM25 over bigrams",
    }
    assert found["BM25 over bigrams"] > found["LangChain: BM25 as it comes"]


def test_growth_is_measured_on_real_indexes():
    (row,) = measure_growth((60,), Settings())
    assert row["passages"] >= 60
    assert row["search_ms"]["p50"] > 0


def test_a_second_run_by_the_command_gives_the_same_figures_to_be_compared_and_reported(
    measured, tmp_path, monkeypatch, models_dir
):
    monkeypatch.setenv("REPORT_QA_MODELS_DIR", str(models_dir))
    assert main(["answers", "--out", str(tmp_path)]) == 0
    (result,) = tmp_path.glob("*.json")
    assert read_result(result).figures == measured["answers"]
    assert main(["compare", str(result), str(result)]) == 0
    assert main(["report", str(result), "--page", str(tmp_path / "page.html")]) == 0
    assert "Right by type" in (tmp_path / "page.html").read_text("utf-8")


def test_a_set_that_is_not_there_is_one_line_and_exit_code_two(capsys):
    assert main(["answers", "--set", "nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
