import pickle

import pytest

from rag.errors import BadInputError, UnreadableFileError
from rag.reading.report import read_report, report_id_of
from rag.types import Reading, ReportKind

TEXT = """# 2031年昆山市政府工作报告

——2031年1月10日在昆山市第二十届人民代表大会第一次会议上

各位代表：

## 一、2030年工作回顾

全市地区生产总值 增长 6.2%，一般公共预算收入达到 386.5 亿元。新增高新技术企业 120 家。

## 二、2031年主要目标

地区生产总值增长6%左右，一般公共预算收入增长4%以上。
"""


def test_a_file_becomes_a_report_with_profile_sections_passages_and_figures():
    report = read_report(TEXT.encode(), "昆山.md")
    assert report.report_id == report_id_of(TEXT.encode())
    assert (report.profile.place, report.profile.years) == ("昆山市", (2030, 2031))
    assert report.profile.kind is ReportKind.WORK_REPORT
    assert {figure.reading for figure in report.figures} == {Reading.RESULT, Reading.TARGET}
    assert all(report.text[passage.start : passage.end] == passage.text for passage in report.passages)
    assert all(section.start <= figure.start for figure in report.figures for section in report.sections[:1])


def test_passages_carry_the_period_of_their_section():
    report = read_report(TEXT.encode(), "昆山.md")
    (target,) = [passage for passage in report.passages if "6%左右" in passage.text]
    assert (target.place, target.years, target.reading) == ("昆山市", (2031,), Reading.TARGET)


def test_a_sidecar_wins_over_the_text():
    report = read_report(TEXT.encode(), "昆山.md", 'place = "太仓市"\nyears = [2028]'.encode())
    assert (report.profile.place, report.profile.years) == ("太仓市", (2028,))
    assert {passage.place for passage in report.passages} == {"太仓市"}


def test_a_wrong_sidecar_is_refused_by_name():
    with pytest.raises(BadInputError, match=r"昆山\.md\.meta\.toml: unknown field 'plce'"):
        read_report(TEXT.encode(), "昆山.md", b"plce = 1")


def test_an_empty_file_is_refused():
    with pytest.raises(UnreadableFileError):
        read_report(b"", "empty.txt")


def test_reading_can_be_sent_to_a_worker_process_and_its_report_back():
    assert pickle.loads(pickle.dumps(read_report)) is read_report
    report = read_report(TEXT.encode(), "昆山.md")
    assert pickle.loads(pickle.dumps(report)) == report


def test_a_name_with_a_path_is_only_a_name():
    assert read_report(TEXT.encode(), "../../etc/昆山.md").source == "昆山.md"
