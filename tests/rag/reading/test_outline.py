from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.reading.cleaning import CleanedText, clean
from rag.reading.marks import heading_of
from rag.reading.outline import outline
from rag.types import Format, Section, SourceText

BODY = "坚持稳中求进工作总基调，全年完成投资十二亿元，新增企业三十家，群众满意度持续提升，发展质量不断改善。"


def sections_of(text: str) -> tuple[CleanedText, tuple[Section, ...]]:
    cleaned = clean(SourceText(text, Format.TEXT))
    return cleaned, outline(cleaned)


def paths(text: str) -> list[tuple[str, ...]]:
    return [section.path for section in sections_of(text)[1]]


def test_numbered_headings_nest_by_the_kind_of_their_number():
    text = f"云岭市报告\n{BODY}\n一、主要工作\n（一）工业经济\n{BODY}\n（二）农业农村\n{BODY}\n二、存在问题\n{BODY}"
    assert paths(text) == [
        (),
        ("一、主要工作", "（一）工业经济"),
        ("一、主要工作", "（二）农业农村"),
        ("二、存在问题",),
    ]


def test_headings_right_above_one_another_head_one_section():
    cleaned, sections = sections_of(f"云岭市报告\n{BODY}\n一、主要工作\n（一）工业经济\n{BODY}")
    assert cleaned.text[sections[1].start : sections[1].heading_end] == "一、主要工作\n（一）工业经济"


def test_notes_at_the_end_stand_on_their_own():
    notes = "［1］一降三减：\n降成本，减税、减费、减证。\n［2］双减：\n减轻负担。"
    text = f"云岭市报告\n{BODY}\n一、主要工作\n{BODY}\n{notes}"
    cleaned, sections = sections_of(text)
    assert [section.path for section in sections][-2:] == [("一、主要工作",), ()]
    assert cleaned.text[sections[-1].start :].startswith("［1］一降三减：降成本")


def test_a_list_of_notes_is_one_section_under_its_title():
    notes = "名词解释\n1.“三链”：供应链、资金链、服务链。\n2.双减：减轻负担。"
    text = f"云岭市报告\n{BODY}\n一、主要工作\n{BODY}\n{notes}"
    assert paths(text)[-2:] == [("一、主要工作",), ("名词解释",)]


def test_title_and_speaker_are_front_matter_not_headings():
    text = f"在实干中书写云岭答卷\n\n王小明\n\n{BODY}\n\n聚焦产业，做强园区\n\n{BODY}"
    assert paths(text) == [(), ("聚焦产业，做强园区",)]


def test_a_lead_that_runs_into_its_paragraph_is_a_heading_and_stays_in_the_body():
    cleaned, sections = sections_of(f"云岭市报告\n{BODY}\n（一）毫不放松抓招商。{BODY}")
    last = sections[-1]
    assert last.path == ("（一）毫不放松抓招商",)
    assert last.heading_end == last.start
    assert cleaned.text[last.start : last.end].startswith("（一）毫不放松抓招商。")


def test_dashed_items_of_one_paragraph_end_with_it():
    text = (
        f"云岭市报告\n{BODY}\n今后五年的主要目标和任务\n主要目标为：\n——实力提升。{BODY}\n——生态改善。{BODY}\n"
        f"——治理有效。{BODY}\n把蓝图变成现实，{BODY}"
    )
    assert paths(text)[-4:] == [
        ("今后五年的主要目标和任务", "实力提升"),
        ("今后五年的主要目标和任务", "生态改善"),
        ("今后五年的主要目标和任务", "治理有效"),
        ("今后五年的主要目标和任务",),
    ]


def test_a_dashed_slogan_keeps_the_paragraphs_that_explain_it():
    items = [f"——“{name}”，就是抓项目。{BODY}\n要抓招商。{BODY}" for name in ("一条主线", "两个园区")]
    text = "\n".join([f"云岭市讲话\n{BODY}\n二、明年工作", *items])
    found = [path for path in paths(text) if len(path) == 2]
    assert len(found) == 2
    assert found[0][1].startswith("“一条主线”")


def test_headings_below_a_lead_in_stand_under_the_chapter():
    text = (
        f"云岭市报告\n{BODY}\n今后五年的主要目标和任务\n{BODY}\n牢牢做好两个方面：\n把牢一条主线\n{BODY}\n谋实两个关键\n{BODY}\n"
        f"2031年主要工作安排\n{BODY}\n一、产业强市\n{BODY}\n全力打造满意政府\n{BODY}"
    )
    assert paths(text)[-5:] == [
        ("今后五年的主要目标和任务", "把牢一条主线"),
        ("今后五年的主要目标和任务", "谋实两个关键"),
        ("2031年主要工作安排",),
        ("2031年主要工作安排", "一、产业强市"),
        ("全力打造满意政府",),
    ]


def test_a_paragraph_that_changes_the_period_opens_a_section_of_its_own():
    text = f"云岭市报告\n{BODY}\n一、2030年工作回顾\n{BODY}\n回首五年，我们砥砺前行。{BODY}"
    assert paths(text)[-2:] == [("一、2030年工作回顾",), ("一、2030年工作回顾",)]


def test_markdown_headings_are_headings_of_their_level():
    assert paths(f"# 云岭之路\n\n{BODY}\n\n## 稳增长\n\n{BODY}\n\n## 惠民生\n\n{BODY}")[-2:] == [
        ("稳增长",),
        ("惠民生",),
    ]


def test_an_empty_text_has_one_empty_section():
    assert outline(clean(SourceText("", Format.TEXT))) == (Section(0, 0, 0, 0),)


def test_the_words_of_a_long_lead_are_cut_at_its_first_clause():
    assert heading_of("——“三大板块”，就是要" + "做强园区" * 20 + "。") == "“三大板块”"


blocks = st.sampled_from(
    [
        "一、总体情况",
        "（一）工业",
        BODY,
        "——目标。" + BODY,
        "各位代表！",
        "今年，" + BODY,
        "主要目标",
        "1.投资。" + BODY,
        "",
        "云岭市",
    ]
)


@given(st.lists(blocks, max_size=25))
def test_sections_always_partition_the_text(parts):
    cleaned, sections = sections_of("\n".join(parts))
    assert sections[0].start == 0
    assert sections[-1].end == len(cleaned.text)
    assert all(left.end == right.start for left, right in pairwise(sections))
    assert all(section.start <= section.heading_end <= section.end for section in sections)
    assert [section.index for section in sections] == list(range(len(sections)))
