"""The stand-ins for a model, on a tiny invented report: the true one comes through, the lying one does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eval.dataset import Dialogue, Evidence, GoldQuestion
from eval.run_model import ask_lying, ask_perfect, perfect_model
from eval.stand_ins import LyingModel, spans_of
from rag.answering.chat import ChatModel
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service

REPORT = """2041年墨泉县政府工作报告

墨泉县人民政府县长 岑若水

一、2040年工作回顾

2040年，全县完成地区生产总值96.4亿元，增长5.2%；新建农村公路83公里，改造老旧小区12个。空气优良天数比率提高到91%。

二、2041年工作安排

今年的目标是：地区生产总值增长6%左右，新建农村公路60公里以上，力争引进项目25个。
"""


def gold(question: str, answer: str, *quotes: str, name: str = "q") -> GoldQuestion:
    return GoldQuestion(
        id=name,
        question=question,
        answer=answer,
        must_include=((answer.rstrip("。")[-4:],),),
        answerable=bool(quotes),
        type="number" if quotes else "unanswerable",
        evidence=tuple(Evidence(doc="墨泉县2041", quote=quote) for quote in quotes),
    )


ITEMS = (
    gold("墨泉县2040年GDP是多少？", "墨泉县2040年地区生产总值96.4亿元。", "地区生产总值96.4亿元", name="a"),
    gold("墨泉县2041年要修多少路？", "墨泉县2041年要新建农村公路60公里以上。", "新建农村公路60公里以上", name="b"),
    gold("墨泉县2041年的人口目标是多少？", "报告没有说明。", name="c"),
    gold("墨泉县2040年建了几座桥？", "墨泉县2040年建桥7座。", "建成桥梁7座", name="d"),
)
DIALOGUE = Dialogue(
    id="talk",
    turns=(
        ITEMS[0],
        gold("老旧小区呢？", "墨泉县2040年改造老旧小区12个。", "改造老旧小区12个", name="e"),
    ),
)


@pytest.fixture
def opened(tmp_path: Path, embedder: Embedder) -> Iterator[Callable[[ChatModel], Service]]:
    services: list[Service] = []
    (tmp_path / "墨泉县2041.txt").write_text(REPORT, "utf-8")

    def open_with(model: ChatModel) -> Service:
        service = open_service(Settings(data_dir=tmp_path / "data"), embedder=embedder, chat_model=model)
        services.append(service)
        service.ingest([tmp_path / "墨泉县2041.txt"])
        return service

    yield open_with
    for service in services:
        service.close()


def test_the_perfect_models_answers_come_through(opened: Callable[[ChatModel], Service]) -> None:
    model = perfect_model(ITEMS, (DIALOGUE,))
    rows, told = ask_perfect(opened(model), model, ITEMS, (DIALOGUE,))
    by_id = {row.id: row for row in rows}
    for item in (ITEMS[0], ITEMS[1]):
        assert by_id[item.id].answer.startswith(item.answer[:-1])
        assert by_id[item.id].right
    assert by_id["c"].status == "not_found"
    assert any("改造老旧小区12个" in row.answer for row in rows)
    assert told["asked without the model"] == f"0 of {len({row.question for row in rows})}"


def test_the_perfect_model_refuses_where_its_evidence_is_missing(
    opened: Callable[[ChatModel], Service],
) -> None:
    model = perfect_model(ITEMS)
    rows, told = ask_perfect(opened(model), model, ITEMS)
    assert told["evidence incomplete"] == "1 of 3"
    assert model.seen.incomplete == {"d"}
    assert set(model.seen.calls.values()) == {1}  # the whole report is shown: there is no more to ask for
    assert next(row for row in rows if row.id == "d").status == "not_found"


def test_the_lying_models_lies_do_not_come_out(opened: Callable[[ChatModel], Service]) -> None:
    model = LyingModel()
    came_out = ask_lying(opened(model), model, ITEMS, 150)
    assert model.told.total() >= 150
    assert {"figure", "year", "place", "quote"} <= set(model.told)
    assert came_out == []


def test_spans_are_read_without_their_label_lines() -> None:
    evidence = "<evidence>\n[1] 甲 · 2041\n一\n二\n[2] 乙\n三\n</evidence>"
    material = f"<reports>\n[9] x\n</reports>\n{evidence}\n<question>？</question>"
    assert spans_of(material) == {1: "一\n二", 2: "三"}
