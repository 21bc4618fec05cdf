import pytest

from rag.reading.cleaning import clean
from rag.reading.notes import find_notes
from rag.reading.report import read_report
from rag.types import Format, Reading, SourceText

BODY = "全年完成投资十二亿元，新增企业三十家，群众满意度持续提升。"


def read(text):
    """Return the stored text and its notes as (term, explanation, the words right before each mark)."""
    cleaned = clean(SourceText(f"云岭市报告\n{text}", Format.TEXT))
    stored = cleaned.text
    return stored, [
        (note.term, stored[note.body_start : note.end], [stored[max(0, start - 2) : end] for start, end in note.marks])
        for note in cleaned.notes
    ]


def test_notes_below_a_title_are_tied_to_their_marks():
    text, notes = read(
        f"推进“三链”［1］建设，抓好五网［2］。{BODY}\n注释\n［1］三链：\n供应链、资金链。\n［2］五网：水网、电网。"
    )
    assert notes == [("三链", "供应链、资金链。", ["链”［1］"]), ("五网", "水网、电网。", ["五网［2］"])]
    assert "推进“三链”［1］建设" in text
    assert "［1］三链：供应链、资金链。" in text.split("\n")


@pytest.mark.parametrize(
    "title", ["名词解释", "附件2：有关名词解释", "《政府工作报告》有关内容名词注释", "注释：", "注："]
)
def test_a_list_of_terms_is_tied_to_where_they_are_used(title):
    _, notes = read(f"推进“三链”融合建设。{BODY}\n{title}\n1.三链融合：供应链、资金链。\n2．“五网”：水网。")
    assert notes == [("三链融合", "供应链、资金链。", ["进“三链”融合"]), ("“五网”", "水网。", [])]


def test_terms_without_numbers_are_notes_too_and_the_page_below_them_is_not():
    _, notes = read(f"{BODY}\n名词解释\n“三链”：供应链、资金链。\n双减：减轻负担。\n审稿：李四\n")
    assert [term for term, _, _ in notes] == ["“三链”", "双减"]


def test_the_foot_of_each_page_counts_anew():
    page = "打造“{0}”①。{1}\n① {0}：指{2}。\n"
    _, notes = read(page.format("一图", BODY, "产业图") + page.format("两表", BODY, "任务表"))
    assert notes == [("一图", "指产业图。", ["图”①"]), ("两表", "指任务表。", ["表”①"])]


def test_a_note_without_a_term_explains_the_quoted_words_before_its_mark():
    _, notes = read(f"打造“一图三表”〔1〕。{BODY}\n〔1〕产业图和任务表。")
    assert notes == [("“一图三表”", "产业图和任务表。", ["表”〔1〕"])]


def test_other_labels_and_definitions_without_a_colon():
    _, notes = read(
        f"限额以上（注1）项目三个，五网（注2）建成。{BODY}\n（注1）国家规定的数额。\n（注2）五网，是指水网。"
    )
    assert notes == [("", "国家规定的数额。", ["以上（注1）"]), ("五网", "是指水网。", ["五网（注2）"])]


def test_circled_items_of_a_list_are_no_notes():
    assert read(f"推进“三链”工程①。重点抓好：\n①加强领导：全市一盘棋。\n②明确责任：各部门落实。\n{BODY}")[1] == []


def test_marks_without_notes_stay_in_the_text():
    text, notes = read(f"打造“一图三表”①，推进三链②。{BODY}")
    assert notes == []
    assert "“一图三表”①，推进三链②。" in text


def test_numbers_below_a_title_end_with_the_next_annex():
    _, notes = read(f"{BODY}\n名词解释\n1.三链：供应链。\n2.五网：水网。\n附件3\n3.十件实事：修路。")
    assert [term for term, _, _ in notes] == ["三链", "五网"]


def test_a_report_keeps_its_notes_as_explanations_of_no_period():
    text = (
        f"2031年云岭市政府工作报告\n各位代表：\n一、2030年工作回顾\n{BODY}\n二、2031年工作安排\n"
        f"推进“三链”［1］建设，力争投资增长8%。{BODY}\n注释\n［1］三链：供应链。\n［2］五网：水网。电网。"
    )
    report = read_report(text.encode(), "云岭市.txt")
    assert [note.term for note in report.notes] == ["三链", "五网"]
    assert (report.sections[-1].path, report.sections[-1].years) == (("注释",), ())
    assert report.sections[-1].reading is Reading.UNKNOWN
    assert [passage.header.rpartition(" · ")[2] for passage in report.passages[-2:]] == ["三链", "五网"]


def test_an_empty_text_has_no_notes():
    assert find_notes("") == ()
