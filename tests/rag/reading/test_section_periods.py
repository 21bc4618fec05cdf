from rag.reading.cleaning import clean
from rag.reading.outline import outline
from rag.reading.section_periods import Clock, spoken_years, with_periods
from rag.types import Format, Reading, ReportKind, Section, SourceText

BODY = "坚持稳中求进工作总基调，项目建设有序推进，群众满意度稳定，发展质量得到保障，营商环境保持良好。"
WORK_REPORT = f"""2031年云岭市政府工作报告
各位代表：
2030年及本届政府工作回顾
{BODY}
（一）产业升级取得新成效。{BODY}
回首五年，我们砥砺前行。{BODY}
今后五年的主要目标和任务
{BODY}
——综合实力显著提升。{BODY}
——治理水平显著提升。{BODY}
2031年主要工作安排
{BODY}
一、在创新驱动上取得更大突破
{BODY}
全力打造满意政府
{BODY}
"""
CLOCK = Clock(2031, 2031, ReportKind.WORK_REPORT)


def dated(text: str, clock: Clock) -> list[Section]:
    cleaned = clean(SourceText(text, Format.TEXT))
    return list(with_periods(cleaned.text, outline(cleaned), clock))


def period(sections: list[Section], words: str) -> tuple[tuple[int, ...], Reading]:
    found = next(section for section in sections if section.path and words in section.path[-1])
    return found.years, found.reading


def test_last_year_is_a_result_this_year_a_target_and_five_years_a_plan():
    sections = dated(WORK_REPORT, CLOCK)
    assert period(sections, "工作回顾") == ((2030,), Reading.RESULT)
    assert period(sections, "产业升级") == ((2030,), Reading.RESULT)
    assert period(sections, "综合实力") == ((2031, 2035), Reading.PLAN)
    assert period(sections, "工作安排") == ((2031,), Reading.TARGET)
    assert period(sections, "创新驱动") == ((2031,), Reading.TARGET)


def test_a_paragraph_that_looks_back_on_five_years_speaks_of_them():
    sections = dated(WORK_REPORT, CLOCK)
    looking_back = [section for section in sections if section.years == (2026, 2030)]
    assert [section.reading for section in looking_back] == [Reading.RESULT]


def test_chapters_after_the_targets_are_targets_too():
    assert period(dated(WORK_REPORT, CLOCK), "满意政府") == ((2031,), Reading.TARGET)


def test_nothing_is_a_target_of_a_year_that_is_over():
    past = f"一、2030年主要工作任务和成就\n{BODY}\n（一）落实改革任务\n{BODY}\n"
    sections = dated(f"2031年云岭市政府工作报告\n各位代表：\n{past}二、2031年主要任务\n{BODY}", CLOCK)
    assert period(sections, "工作任务和成就") == ((2030,), Reading.RESULT)
    assert period(sections, "落实改革") == ((2030,), Reading.RESULT)
    assert period(sections, "2031年主要任务") == ((2031,), Reading.TARGET)


def test_a_speech_about_next_year_counts_from_this_one():
    text = f"云岭市讲话\n{BODY}\n一、坚决打好“十五五”收官之战\n{BODY}\n二、今年工作回顾\n{BODY}"
    sections = dated(text, Clock(2029, 2030, ReportKind.SPEECH))
    assert period(sections, "收官之战") == ((2030,), Reading.TARGET)
    assert period(sections, "今年工作回顾") == ((2029,), Reading.RESULT)


def test_a_communique_reports_results_throughout():
    text = f"2030年云岭市统计公报\n一、综合\n{BODY}\n二、农业\n{BODY}"
    sections = dated(text, Clock(2030, 2030, ReportKind.COMMUNIQUE))
    assert period(sections, "农业") == ((2030,), Reading.RESULT)


def test_an_article_that_does_not_tell_stays_open():
    sections = dated(f"云岭之路\n{BODY}\n聚焦产业\n{BODY}", Clock(2030, 2030, ReportKind.ARTICLE))
    assert period(sections, "聚焦产业") == ((), Reading.UNKNOWN)


def test_the_years_of_a_report_are_those_it_gives_results_or_targets_for():
    assert spoken_years(WORK_REPORT, dated(WORK_REPORT, CLOCK), (2031,)) == (2030, 2031, 2035)
