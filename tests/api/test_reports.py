from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.app import create_app
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from tests.api.invented_reports import FENGLAN_2031
from tests.api.problem_checks import assert_problem


@pytest.fixture(scope="module")
def own_client(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[TestClient]:
    """An application of its own, to put things in and take them out."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("own"), max_file_bytes=50_000)
    with TestClient(
        create_app(open_service(settings, embedder=embedder), settings), raise_server_exceptions=False
    ) as client:
        yield client


def upload(client: TestClient, name: str, content: bytes) -> dict[str, Any]:
    response = client.post("/v1/reports", files={"file": (name, content)})
    assert response.status_code == 202, response.text
    for _ in range(400):
        job: dict[str, Any] = client.get(f"/v1/jobs/{response.json()['job_id']}").json()
        if job["status"] in {"done", "refused"}:
            return job
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_lists_all_reports_with_the_keys_of_the_contract(client: TestClient, report_ids: dict[str, str]):
    reports = client.get("/v1/reports").json()["reports"]
    assert {each["report_id"] for each in reports} == set(report_ids.values())
    for each in reports:
        assert {"report_id", "source", "title", "place", "years", "kind", "status"} <= each.keys()


def test_shows_profile_and_outline(client: TestClient, report_ids: dict[str, str]):
    report = client.get(f"/v1/reports/{report_ids['枫桐县2031.txt']}").json()
    assert report["place"] == "枫桐县"
    assert any("2031年目标任务" in "".join(section["path"]) for section in report["outline"])
    text = client.get(f"/v1/reports/{report_ids['枫桐县2031.txt']}/text").json()["text"]
    assert report["outline"][-1]["end"] == len(text)


def test_figures_stand_where_they_say(client: TestClient, report_ids: dict[str, str]):
    report_id = report_ids["枫桐县2031.txt"]
    text = client.get(f"/v1/reports/{report_id}/text").json()["text"]
    figures = client.get(f"/v1/reports/{report_id}/figures").json()["figures"]
    assert any(each["value"] == 212.4 and each["unit"] == "亿元" for each in figures)
    for each in figures:
        assert each["text"] in text[each["start"] : each["end"]]


def test_an_uploaded_report_is_asked_about_at_once(own_client: TestClient):
    job = upload(own_client, "枫桐.txt", FENGLAN_2031.encode())
    assert job["status"] == "done", job
    assert job["progress"] == 1
    answer = own_client.post("/v1/ask", json={"question": "枫桐县2030年改造了几座危桥？"}).json()
    assert "9" in answer["answer"]
    assert answer["citations"][0]["report_id"] == job["report_id"]


def test_an_upload_sent_again_under_its_key_is_the_same_job(own_client: TestClient):
    def send(name: str, content: bytes, key: str) -> Response:
        return own_client.post("/v1/reports", files={"file": (name, content)}, headers={"Idempotency-Key": key})

    first = send("枫桐.txt", FENGLAN_2031.encode(), "k-1")
    assert send("枫桐.txt", FENGLAN_2031.encode(), "k-1").json() == first.json()
    assert send("枫桐.txt", FENGLAN_2031.encode(), "k-2").json() != first.json()
    assert "Idempotency-Key" in assert_problem(send("枫桐.txt", b"another", "k-1"), 422)
    assert_problem(send("枫桐.txt", b"another", "k" * 256), 422)


def test_a_removed_report_is_gone_from_list_and_answers(own_client: TestClient):
    report_id = upload(own_client, "鹭湾.txt", "鹭湾县2030年工作报告\n\n2030年粮食总产量 11.3 万吨。\n".encode())[
        "report_id"
    ]
    assert own_client.delete(f"/v1/reports/{report_id}").status_code == 200
    assert report_id not in {each["report_id"] for each in own_client.get("/v1/reports").json()["reports"]}
    assert_problem(own_client.get(f"/v1/reports/{report_id}"), 404)
    assert own_client.post("/v1/ask", json={"question": "鹭湾县2030年粮食产量？"}).json()["status"] == "not_found"


@pytest.mark.parametrize("content", [b"", b"\x7fELF\x02\x01\x01" + b"\x00" * 60, b"PK\x03\x04 broken"])
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(own_client: TestClient, content: bytes):
    job = upload(own_client, "x.txt", content)
    assert job["status"] == "refused"
    assert job["reason"]
    assert job["report_id"] is None


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "..\\..\\boot.txt", "/etc/cron.d/x.txt", "a\x00b/../c.txt"])
def test_threat_path_traversal_in_an_uploads_name(own_client: TestClient, name: str):
    text = f"澄沙县2030年工作报告\n\n2030年新修公路 {len(name)} 公里，编号{ord(name[0])}。\n"
    job = upload(own_client, name, text.encode())
    source = own_client.get(f"/v1/reports/{job['report_id']}").json()["source"]
    assert "/" not in source
    assert "\\" not in source
    assert ".." not in source


@pytest.mark.parametrize(
    "report_id", ["0123456789abcdef", "..", "%2e%2e%2fcatalogue.db", "a" * 5_000, "';DROP TABLE reports;--", "报告"]
)
@pytest.mark.parametrize("tail", ["", "/text", "/figures"])
def test_threat_an_unknown_report_id_is_not_found(client: TestClient, report_id: str, tail: str):
    assert client.get(f"/v1/reports/{report_id}{tail}").status_code in {404, 405, 422}


def test_an_unknown_id_gives_problem_details(client: TestClient):
    assert "0123456789abcdef" in assert_problem(client.get("/v1/reports/0123456789abcdef"), 404)
    assert_problem(client.delete("/v1/reports/0123456789abcdef"), 404)
    assert_problem(client.get("/v1/jobs/0123456789abcdef"), 404)


def test_an_upload_without_a_file_is_told_so(client: TestClient):
    assert_problem(client.post("/v1/reports", files={"other": ("a.txt", b"a")}), 422)
    assert_problem(client.post("/v1/reports", json={"file": "a"}), 422)


def test_threat_a_huge_upload_is_refused_before_it_is_read(client: TestClient):
    detail = assert_problem(client.post("/v1/reports", files={"file": ("a.txt", b"a" * 400_000)}), 413)
    assert "bytes" in detail


def test_threat_a_huge_body_without_a_length_is_cut_off(client: TestClient):
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b'{"question": "' + b"a" * 60_000

    response = client.post("/v1/ask", content=endless(), headers={"Content-Type": "application/json"})
    assert_problem(response, 413)


def test_threat_a_flood_of_parts_is_refused(client: TestClient):
    parts = [("file", (f"{n}.txt", b"a")) for n in range(50)]
    assert_problem(client.post("/v1/reports", files=parts), 400)


def test_refusals_are_listed(own_client: TestClient, tmp_path: Path):
    assert isinstance(own_client.get("/v1/refusals").json()["refusals"], list)


def test_one_indicator_over_all_reports_with_the_figure_at_its_offsets(client: TestClient):
    body = client.get("/v1/figures", params={"indicator": "地区生产总值增长", "year": 2031, "reading": "target"}).json()
    found = [row for row in body["rows"] if row["words"]]
    assert len(body["rows"]) >= len(found) > 0
    for row in found:
        text = client.get(f"/v1/reports/{row['report_id']}/text").json()["text"]
        assert str(row["low"]).removesuffix(".0") in text[row["start"] : row["end"]]


def test_which_reports_hold_a_term(client: TestClient):
    body = client.get("/v1/figures", params={"mentions": "地区生产总值"}).json()
    for row in body["rows"]:
        text = client.get(f"/v1/reports/{row['report_id']}/text").json()["text"]
        assert ("地区生产总值" in "".join(text.split())) == bool(row["words"])


def test_a_table_of_nothing_is_refused(client: TestClient):
    assert_problem(client.get("/v1/figures"), 422)
