from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.problem_checks import assert_problem


def test_finds_the_passage_and_its_text_stands_in_the_report(client: TestClient):
    hits = client.get("/v1/search", params={"q": "梧溪水库总投资"}).json()["hits"]
    assert hits[0]["source"] == "枫桐县2031.txt"
    assert "7.2" in hits[0]["text"]
    for hit in hits:
        text = client.get(f"/v1/reports/{hit['report_id']}/text").json()["text"]
        assert text[hit["start"] : hit["end"]] == hit["text"]
        assert len(hit["text"]) <= 500


def test_hits_come_best_first_and_no_more_than_asked_for(client: TestClient):
    scores = [hit["score"] for hit in client.get("/v1/search", params={"q": "生产总值", "limit": 2}).json()["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


def test_explains_which_signals_brought_a_hit_there(client: TestClient):
    hit = client.get("/v1/search", params={"q": "梧溪水库", "explain": "true"}).json()["hits"][0]
    assert hit["rank"] == 1
    assert hit["signals"]


def test_says_nothing_of_signals_unless_asked(client: TestClient):
    hit = client.get("/v1/search", params={"q": "梧溪水库"}).json()["hits"][0]
    assert {"report_id", "source", "title", "section", "start", "end", "text", "score"} <= hit.keys()
    assert "signals" not in hit


def test_a_place_given_limits_hard(client: TestClient):
    found = client.get("/v1/search", params={"q": "地区生产总值", "place": "汀萝市"}).json()["hits"]
    assert {hit["source"] for hit in found} == {"汀萝市2031.txt"}


def test_a_filter_that_matches_nothing_finds_nothing_and_says_why(client: TestClient):
    found = client.get("/v1/search", params={"q": "地区生产总值", "place": "无此县"}).json()
    assert found["hits"] == []
    assert found["reason"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": ""},
        {"q": "问" * 2_001},
        {"q": "a", "limit": 0},
        {"q": "a", "limit": 101},
        {"q": "a", "year": "soon"},
        {"q": "a", "place": "县" * 201},
    ],
)
def test_bad_parameters_are_told_so(client: TestClient, params: dict[str, str]):
    assert_problem(client.get("/v1/search", params=params), 422)
