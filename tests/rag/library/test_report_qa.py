from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import rag
from rag import ReportAnswer, ReportQA
from rag.config import load_settings
from rag.errors import BadInputError, ConfigurationError
from rag.types import AnswerTable, Citation, TableRow, Turn, Understood
from tests.rag.scripted import ScriptedChat, replies

QUESTION = "燧河县2031年地区生产总值增长目标是多少？"


class Page(HTMLParser):
    """Collects tags, ids and links, and fails where a tag is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        self.ids |= {given["id"]} if given.get("id") else set()
        self.links += [given["href"]] if "href" in given else []
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, text):
        self.words += text


def test_the_public_surface_is_what_all_lists():
    assert rag.__all__ == ["ReportAnswer", "ReportQA", "ReportRetriever", "ReportTable", "report_tool"]
    assert all(getattr(rag, name).__doc__ for name in rag.__all__)
    with pytest.raises(AttributeError, match="NoSuchThing"):
        _ = rag.NoSuchThing
    assert (Path(rag.__file__).parent / "py.typed").exists()


def test_importing_the_package_loads_none_of_it():
    source = (
        "import sys, rag; print([m for m in sys.modules if m.startswith(('rag.', 'langchain', 'torch', 'pydantic'))])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_three_lines_ingest_and_ask(qa: ReportQA):
    answer = qa.ask(QUESTION)
    assert answer.status == "answered"
    assert "6.2%" in answer.text
    quote = answer.citations[0]
    assert qa.service.text(quote.report_id)[quote.start : quote.end] == quote.quote


def test_a_notebook_shows_the_answer_with_its_quotes(qa: ReportQA):
    answer = qa.ask(QUESTION)
    page = Page(answer._repr_html_())
    assert "6.2%" in page.words
    assert answer.citations[0].quote in page.words
    assert answer.citations[0].title in page.words
    assert "二、2031年工作安排" in page.words
    assert page.links
    assert {link.removeprefix("#") for link in page.links} <= page.ids


def test_plain_text_shows_the_same(qa: ReportQA):
    answer = qa.ask(QUESTION)
    text = str(answer)
    assert text.startswith(answer.text)
    assert f"[1] {answer.citations[0].title}" in text
    assert answer.citations[0].quote in text


def test_a_table_is_shown_as_one(qa: ReportQA):
    answer = qa.ask("2031年哪个县的地区生产总值增长目标最高？")
    assert answer.table is not None
    page = Page(answer._repr_html_())
    assert page.tags.count("tr") == 1 + len(answer.table.rows)
    assert "| 燧河县 | 2031 | 6.2%左右 |" in str(answer)


def test_threat_stored_markup_in_an_answer_is_shown_as_text():
    hostile = '<script>alert("x")</script>[1]<img src=x onerror=y>'
    cited = Citation(
        1, "a" * 16, hostile, "f", None, (2031,), (hostile,), f"{hostile}[2]\" onmouseover='z'", 0, 9, page=3
    )
    second = Citation(2, "b" * 16, "", "f.txt", None, (), (), "words", 0, 5)
    table = AnswerTable((hostile, "b"), (TableRow((hostile, "x|y"), (1, 2)),))
    understood = Understood("?", (), (), "zh")
    answer = ReportAnswer(
        hostile, "answered", hostile, hostile, (cited, second), understood, notes=(hostile,), table=table
    )
    page = Page(answer._repr_html_())
    assert {"script", "img"}.isdisjoint(page.tags)
    assert 'alert("x")' in page.words
    assert "p. 3" in page.words
    assert "onmouseover" not in "".join(page.ids)
    assert "x\\|y" in str(answer)


def test_words_that_only_repeat_the_table_are_shown_once():
    table = AnswerTable(("县", "目标"), (TableRow(("甲县", "5%"), (1,)), TableRow(("乙县", "6%"), (1,))))
    cited = Citation(1, "a" * 16, "t", "f", None, (), (), "q", 0, 1)
    understood = Understood("?", (), (), "zh")
    answer = ReportAnswer("i", "answered", "甲县 5%[1]\n乙县 6%[1]", "evidence", (cited,), understood, table=table)
    assert str(answer).startswith("| 县 | 目标 |  |\n| --- | --- | --- |\n| 甲县 | 5% | [1] |\n| 乙县 | 6% | [1] |\n")
    assert answer._repr_html_().count("甲县") == 1


def test_not_found_is_an_answer(qa: ReportQA):
    answer = qa.ask("燧河县2047年的地区生产总值是多少？")
    assert answer.status == "not_found"
    assert answer.citations == ()
    assert answer.text in str(answer)


def test_an_earlier_answer_is_history(qa: ReportQA):
    first = qa.ask(QUESTION)
    for history in ([first], [Turn(QUESTION, first.text)]):
        assert "5.5%" in qa.ask("菱浦县呢？", history=history).text


def test_scope_limits_what_is_cited(qa: ReportQA):
    asked = "2030年地区生产总值是多少？"
    (wanted,) = [each["report_id"] for each in qa.reports() if each["source"] == "lingpu-2031.md"]
    for scope in ({"places": ["菱浦县"]}, {"report_ids": [wanted]}):
        assert {each.report_id for each in qa.ask(asked, **scope).citations} == {wanted}
    assert qa.ask(asked, years=[1999]).status == "not_found"


def test_the_stream_says_what_ask_says_and_ends_with_an_answer_that_shows_itself(qa: ReportQA):
    events = list(qa.stream(QUESTION))
    answer = events[-1].value
    assert isinstance(answer, ReportAnswer)
    assert "".join(event.value for event in events if event.name == "token") == answer.text == qa.ask(QUESTION).text


def test_search_and_reports_give_rows(qa: ReportQA):
    hits = qa.search("三灯工作法", limit=2)
    assert len(hits) == 2
    assert "三灯工作法" in hits[0]["text"]
    assert {each["place"] for each in qa.search("地区生产总值", place="菱浦县")} == {"菱浦县"}
    assert {each["source"] for each in qa.reports()} == {"suihe-2031.md", "suihe-2030.md", "lingpu-2031.md"}


def test_a_table_over_the_reports(qa: ReportQA):
    table = qa.table("地区生产总值", years=[2031], reading="target")
    assert {row.words for row in table.rows} == {"6.2%左右", "5.5%左右"}
    page = Page(table._repr_html_())
    assert page.tags.count("tr") == 3
    with pytest.raises(BadInputError, match="indicator or a term"):
        qa.table()


def test_a_langchain_chat_model_answers(tmp_path: Path, models_dir: Path, qa: ReportQA):
    quote = {"n": 1, "quote": "地区生产总值增长6.2%左右"}
    said = json.dumps({"claim": "燧河县2031年地区生产总值目标是增长6.2%左右。", "quotes": [quote]})
    with ReportQA(
        qa.service._parts.settings.data_dir, models_dir=models_dir, llm=ScriptedChat(script=replies(said))
    ) as asked:
        answer = asked.ask(QUESTION)
    assert answer.answered_by == "langchain:ScriptedChat"
    assert answer.text == "燧河县2031年地区生产总值目标是增长6.2%左右[1]。"


def test_settings_are_checked(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"REPORT_QA_LLN: .*known settings: .*llm_api_key"):
        ReportQA(tmp_path, lln="openai:gpt-4o")
    with pytest.raises(ConfigurationError, match="provider:model"):
        ReportQA(tmp_path, llm="gpt-4o")


def test_what_is_given_wins_over_the_environment(tmp_path: Path):
    environment = {"REPORT_QA_LLM": "openai:gpt-4o", "REPORT_QA_PARSE_WORKERS": "3"}
    settings = load_settings(environment, folder=tmp_path, llm=None, data_dir="elsewhere")
    assert settings.llm is None
    assert settings.data_dir == Path("elsewhere")
    assert settings.parse_workers == 3
