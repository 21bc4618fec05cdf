import json

import pytest

from eval.dataset import hash_of, read_passage_set, read_questions
from eval.run_retrieval import FoundText, first_of_each_document, retrieval_figures, run_retrieval
from eval.sets import find_set
from rag.errors import BadInputError


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text('{"question": "问", "answer": "答"}\n{"question": 3}\n', "utf-8")
    with pytest.raises(BadInputError, match="line 2"):
        read_questions(path)


def test_evidence_of_a_file_that_is_not_there_is_an_error(tmp_path):
    path = tmp_path / "gold.jsonl"
    span = {"doc": "a", "sha256": "0" * 64, "start": 0, "end": 2}
    path.write_text(json.dumps({"id": "q", "question": "问", "answer": "答", "evidence": [span]}), "utf-8")
    with pytest.raises(BadInputError, match="question q"):
        read_questions(path, corpus=tmp_path)


def test_a_set_that_does_not_exist_is_named():
    with pytest.raises(BadInputError, match="no question set nowhere"):
        find_set("nowhere", environment={"REPORT_QA_CORPUS": "/nonexistent"})


def test_a_set_about_reports_that_are_not_here_says_what_to_set():
    with pytest.raises(BadInputError, match="REPORT_QA_CORPUS"):
        find_set("seeds", environment={})


def test_a_passage_set_is_read_with_its_parallel_passages(tmp_path):
    (tmp_path / "passages.jsonl").write_text('{"id": "zh:1", "title": "甲", "text": "乙"}\n', "utf-8")
    question = {
        "id": "1",
        "question": "问",
        "positive_passage_ids": ["en:1"],
        "parallel_positive_passage_ids": ["zh:1"],
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(question), "utf-8")
    passages, questions = read_passage_set(tmp_path)
    assert passages[0].text == "乙"
    assert questions[0].all_positives() == ("en:1", "zh:1")


def test_the_hash_of_a_folder_changes_with_its_files(tmp_path):
    (tmp_path / "a").write_text("1")
    before = hash_of(tmp_path)
    (tmp_path / "a").write_text("2")
    assert hash_of(tmp_path) != before


def gold(tmp_path):
    spans = [{"doc": "a", "quote": "增长 6%"}, {"doc": "b", "quote": "下降 2%"}]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "q", "question": "问", "answer": "答", "evidence": spans}), "utf-8")
    return read_questions(path)


def test_a_span_counts_only_whole_and_in_its_own_report(tmp_path):
    hits = [FoundText("b", "增长6%"), FoundText("a", "经济增长6%左右"), FoundText("b", "下降 2")]
    (row,) = run_retrieval(gold(tmp_path), lambda words, limit: hits)
    assert row.ranking == ((), (0,), ())
    assert not row.wrong_report_first
    assert retrieval_figures([row])["all@5"].value == 0


def test_a_search_that_finds_nothing_scores_zero(tmp_path):
    (row,) = run_retrieval(gold(tmp_path), lambda words, limit: [])
    figures = retrieval_figures([row])
    assert figures["R@10"].value == figures["MRR@10"].value == 0
    assert row.wrong_report_first


def test_a_document_found_twice_stands_where_it_was_found_first():
    hits = [FoundText("a", "1"), FoundText("b", "2"), FoundText("a", "3")]
    assert first_of_each_document(hits) == hits[:2]
