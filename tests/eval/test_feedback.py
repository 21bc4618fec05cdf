from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from eval.dataset import read_dialogues, read_questions
from eval.feedback import main
from eval.text_matching import states
from rag.bootstrap import open_service
from rag.config import Settings
from rag.errors import BadInputError
from rag.indexing.embedding import Embedder

RIGHT = {
    "id": "a1b2",
    "rating": "up",
    "question": "枫桐县2031年新建了多少个口袋公园？",
    "answer": "新建口袋公园17个[1]，比计划多2个[1]。",
    "status": "answered",
    "citations": [{"source": "枫桐.2031.txt", "quote": "新建口袋公园 17 个，改造路灯 2,300 盏"}],
    "places": ["枫桐县"],
    "years": [2031],
}
WRONG = {
    "id": "c3d4",
    "rating": "down",
    "comment": "这是2030年的数",
    "question": "路灯呢？",
    "answer": "2,300盏[1]。",
    "status": "answered",
    "citations": RIGHT["citations"],
    "history": [{"question": RIGHT["question"], "answer": RIGHT["answer"]}],
}
REFUSED = {"id": "e5f6", "rating": "up", "question": "旅游收入呢？", "answer": "报告中没有。", "status": "not_found"}


@pytest.fixture
def gold(tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Candidates from three opinions that came over HTTP, one of them changed afterwards."""
    settings = Settings(data_dir=tmp_path / "data")
    monkeypatch.setenv("REPORT_QA_DATA_DIR", str(settings.data_dir))
    with TestClient(
        create_app(open_service(settings, embedder=embedder), settings), base_url="http://127.0.0.1"
    ) as client:
        for opinion in (RIGHT, {**WRONG, "rating": "up", "comment": ""}, WRONG, REFUSED):
            assert client.post("/v1/feedback", json=opinion).status_code == 201
    assert main(["--gold", str(tmp_path / "candidates.jsonl")]) == 0
    return tmp_path / "candidates.jsonl"


def test_an_answer_called_right_becomes_a_question_that_fits_its_own_rules(gold: Path):
    first, refused = read_questions(gold)
    assert first.answer == "新建口袋公园17个，比计划多2个。"
    assert first.must_include == (("17个",),)
    assert all(states(first.answer, wanted) for wanted in first.must_include)
    assert [(each.doc, each.quote) for each in first.evidence] == [("枫桐.2031", RIGHT["citations"][0]["quote"])]
    assert (first.places, first.years, first.answerable) == (("枫桐县",), (2031,), True)
    assert not refused.answerable


def test_an_answer_called_wrong_in_a_dialogue_is_left_to_be_written(gold: Path):
    (dialogue,) = read_dialogues(gold)
    assert [turn.question for turn in dialogue.turns] == [RIGHT["question"], WRONG["question"]]
    assert dialogue.turns[-1].answer == ""
    assert dialogue.turns[-1].evidence == ()
    row = next(json.loads(line) for line in gold.read_text("utf-8").splitlines() if "turns" in line)
    assert (row["rating"], row["comment"], row["said"]) == ("down", WRONG["comment"], WRONG["answer"])


def test_candidates_never_replace_a_file(gold: Path):
    with pytest.raises(BadInputError, match="already"):
        main(["--gold", str(gold)])


def test_opinions_are_listed_the_last_of_each_answer(gold: Path, capsys: pytest.CaptureFixture[str]):
    main([])
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split("\t")[1] for line in lines] == ["up", "down", "up"]
