import pytest

from rag.language.places import Gazetteer, load_gazetteer
from rag.reading.cleaning import clean
from rag.reading.dating import congress_year
from rag.reading.outline import outline
from rag.reading.profile import make_profile
from rag.types import Format, Profile, ReportKind, SourceText

BODY = "坚持稳中求进工作总基调，全年完成投资十二亿元，新增企业三十家，群众满意度持续提升，发展质量不断改善。"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def profile(gazetteer: Gazetteer, text: str, name: str = "a.txt", title: str = "") -> Profile:
    cleaned = clean(SourceText(text, Format.TEXT, title=title))
    return make_profile(cleaned.text, outline(cleaned), name, cleaned.title, gazetteer)


WORK_REPORT = f"""[江苏] 2031年昆山市政府工作报告

——2031 年1 月10 日在昆山市第二十届人民代表大会第一次会议上

昆山市人民政府市长 王 明

各位代表：
现在，我代表昆山市人民政府向大会作工作报告，请予审议。
2030年工作回顾
{BODY}
"""


def test_a_work_report_tells_title_place_date_speaker_and_kind(gazetteer):
    found = profile(gazetteer, WORK_REPORT)
    assert found.title == "2031年昆山市政府工作报告"
    assert found.place_path == ("江苏省", "苏州市", "昆山市")
    assert (found.year, found.current_year, found.date) == (2031, 2031, "2031-01-10")
    assert (found.author, found.issuer, found.kind) == ("王明", "昆山市人民政府", ReportKind.WORK_REPORT)


def test_a_signed_article_is_dated_by_the_event_it_looks_forward_to(gazetteer):
    front = f"在实干中书写答卷\n\n王小明\n\n{BODY}我们以实际行动迎接党的二十大。"
    text = f"{front}\n\n做强昆山产业\n\n{BODY}健康昆山、平安昆山，{BODY}"
    found = profile(gazetteer, text)
    assert (found.place, found.year, found.author, found.kind) == ("昆山市", 2022, "王小明", ReportKind.ARTICLE)


def test_a_speech_at_the_end_of_a_year_speaks_of_the_next(gazetteer):
    opening = "同志们，挥别奋进的2030年，我们即将迈入2031年。昆山市情特殊，明年要再加力。"
    text = f"奋力打好收官之战\n\n{opening}{BODY}昆山{BODY}"
    found = profile(gazetteer, text)
    assert (found.year, found.current_year, found.kind) == (2031, 2030, ReportKind.SPEECH)


def test_a_report_of_the_state_council_speaks_for_the_nation(gazetteer):
    found = profile(gazetteer, f"各位代表：\n我代表国务院报告政府工作，请审议。\n一、2030年工作回顾\n{BODY}")
    assert (found.place, found.year, found.title) == ("全国", 2031, "2031年国务院政府工作报告")


def test_a_communique_speaks_of_the_year_in_its_title(gazetteer):
    found = profile(
        gazetteer,
        f"2030年昆山市国民经济和社会发展统计公报\n\n一、综合\n全年实现地区生产总值八百亿元，比上年增长百分之六。{BODY}",
    )
    assert (found.year, found.kind) == (2030, ReportKind.COMMUNIQUE)


def test_a_place_in_no_list_is_taken_from_the_title(gazetteer):
    assert profile(gazetteer, f"2031年青禾县政府工作报告\n各位代表：\n{BODY}").place == "青禾县"


def test_an_unlisted_place_named_by_its_short_name_gets_its_form_from_the_text(gazetteer):
    body = f"全县上下要加力。{BODY}建设美丽青禾，打造青禾发展高地，全县{BODY}推动青禾发展。"
    text = f"奋力开创青禾发展新局面\n\n同志们，{body}"
    assert profile(gazetteer, text).place == "青禾县"


def test_the_name_of_the_mayor_is_no_place(gazetteer):
    text = f"政府工作报告\n——2031年1月27日在江苏省第十六届人民代表大会第四次会议上\n省长 王东川\n各位代表：\n{BODY}"
    found = profile(gazetteer, text)
    assert (found.place, found.author, found.title) == ("江苏省", "王东川", "2031年江苏省政府工作报告")


def test_the_speaker_is_known_where_title_meeting_and_office_stand_in_one_line(gazetteer):
    head = "2031年政府工作报告——2031年1月27日在江苏省第十六届人民代表大会第四次会议上江苏省省长王东川各位代表："
    assert profile(gazetteer, f"{head}\n{BODY}").author == "王东川"


def test_a_university_in_the_text_does_not_make_the_place(gazetteer):
    text = f"做强产业\n\n王小明\n\n昆山与南京大学、浙江大学合作，平安昆山、健康昆山建设加快。{BODY}"
    assert profile(gazetteer, text).place == "昆山市"


def test_the_file_name_helps_only_where_the_text_is_silent(gazetteer):
    assert profile(gazetteer, BODY, "2031年昆山市报告.txt").year == 2031
    assert profile(gazetteer, WORK_REPORT, "1999_太仓市.txt").place == "昆山市"


def test_a_text_that_tells_nothing_has_an_empty_profile(gazetteer):
    found = profile(gazetteer, "你好。", "notes.txt")
    assert (found.place, found.year, found.kind, found.title) == (None, None, ReportKind.OTHER, "notes")


def test_sessions_of_the_congress_follow_their_calendar():
    assert [congress_year(*pair) for pair in ((1, 1), (5, 2), (6, 1), (14, 3), (2, 9))] == [
        1954,
        1979,
        1983,
        2025,
        None,
    ]


@pytest.mark.parametrize("headword", ["碧螺", "昆山石", "王明山"])
def test_a_short_line_over_a_paragraph_is_its_title(gazetteer, headword):
    assert profile(gazetteer, f"{headword}\n\n{BODY}").title == headword


def test_a_sentence_over_a_paragraph_is_no_title(gazetteer):
    assert profile(gazetteer, f"完成了。\n\n{BODY}", name="b.txt").title == "b"


def test_a_plan_named_in_a_sentence_does_not_date_the_report(gazetteer):
    text = (
        "各族人民团结一心，广泛开展增产节约，努力办好农业和工业，为2036年开始的第七个五年计划作好准备。\n"
        "生产的成就\n纪望舒省长在报告中首先指出，全省粮食增产，城乡面貌改善，群众生活提高。"
    )
    found = profile(gazetteer, text, name="2034_报告.txt")
    assert found.year == 2034
    assert found.kind is ReportKind.WORK_REPORT
