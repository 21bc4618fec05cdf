"""What a report's own notes say about a term, and terms that no note explains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.service import Service

NOTES = """# 2031年燧河县政府工作报告

各位代表：现在，我代表县人民政府作工作报告，请予审议。

## 一、2030年工作回顾

全县完成地区生产总值186.4亿元。“三灯三色”［1］改革走深走实，建成“四好”驿站［2］12个，“两网一码”［3］覆盖所有乡镇。

编制古桥保护“六图九册”④，完成河道“双清”⑤行动年度任务。

## 二、2031年工作安排

今年要做强“三灯三色”品牌，地区生产总值增长6%左右，“四好”驿站达到20个。

注释

［1］三灯三色：
红灯停办、黄灯限改、绿灯放行。

［2］“四好”驿站：指环境好、饮水好、阅读好、秩序好的户外劳动者驿站。由乡镇负责管理。

［3］两网一码：便民服务网、网格治理网和办事码。
"""


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("noted")
    (folder / "suihe.md").write_text(NOTES, encoding="utf-8")
    opened = open_service(Settings(data_dir=folder / "data", models_dir=models_dir))
    opened.ingest([folder])
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("燧河县报告里的“三灯三色”指什么？", "三灯三色指红灯停办、黄灯限改、绿灯放行"),
        ("燧河县的三灯三色是什么意思？", "红灯停办、黄灯限改、绿灯放行"),
        ("什么是“四好”驿站？", "“四好”驿站指环境好、饮水好、阅读好、秩序好的户外劳动者驿站"),
        ("燧河县的“三灯三色”改革，“三灯”和“三色”各是什么？", "红灯停办、黄灯限改、绿灯放行"),
        ("两网一码包括哪些内容？", "便民服务网、网格治理网和办事码"),
    ],
)
def test_a_term_is_explained_by_its_note(noted: Service, question: str, said: str) -> None:
    answer = noted.ask(question)
    assert said in answer.text
    assert answer.citations[0].quote.startswith("［")


@pytest.mark.parametrize("question", ["燧河县2030年建成“四好”驿站多少个？", "燧河县“四好”驿站2031年要达到多少个？"])
def test_other_questions_about_a_term_are_not_answered_by_its_note(noted: Service, question: str) -> None:
    assert "环境好" not in noted.ask(question).text


@pytest.mark.parametrize("question", ["“六图九册”指什么？", "燧河县的六图九册是什么意思？", "什么是“双清”行动？"])
def test_a_term_whose_mark_has_no_note_is_not_explained(noted: Service, question: str) -> None:
    answer = noted.ask(question)
    assert answer.status == "not_found"
    assert "没有说明它指什么" in answer.text


def test_things_counted_in_part_of_an_unexplained_term_are_not_listed(noted: Service) -> None:
    assert noted.ask("燧河县编制的“六图九册”，六张图分别是什么图？").status == "not_found"
