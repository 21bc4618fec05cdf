"""The places and years a question names, resolved against the reports there are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from rag.finding.corpus import Corpus
from rag.finding.scope import QuestionScope, named_years, read_scope
from rag.finding.table_units import Subject, find_units
from rag.language.places import Gazetteer, load_gazetteer
from rag.types import Profile, ReportSummary, Scope


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def report(place: str, *years: int, path: tuple[str, ...] = (), author: str = "") -> ReportSummary:
    profile = Profile(
        f"{years[-1]}年{place}政府工作报告", place, (*path, place), years[-1], years=tuple(years), author=author
    )
    report_id = f"{place}{years[-1]}"
    return ReportSummary(report_id, f"{report_id}.txt", f"/{report_id}.txt", profile, 1_000, 5)


REPORTS = (
    report("新建区", 2021, 2022, path=("江西省", "南昌市")),
    report("青浦岭县", 2021, 2022),
    report("青浦区", 2021, 2022, path=("上海市",)),
    report("长安镇", 2022, path=("广东省", "东莞市")),
    report("长安区", 2022, path=("陕西省", "西安市")),
    report("清苑县", 2013, 2014, path=("河北省", "保定市")),
    report("清苑区", 2021, 2022, path=("河北省", "保定市")),
    report("燧河县", 2030, 2031, author="纪望舒"),
    report("燧河县", 2029, 2030),
)


def scope_of(gazetteer: Gazetteer, text: str, given: Scope | None = None) -> QuestionScope:
    return read_scope(text, REPORTS, gazetteer, given or Scope())


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("新建区2022年的目标是什么？", ("新建区",)),
        ("除了青浦区和燧河县，还有谁讲了？", ()),
        ("除了青浦区以外，燧河县讲了吗？", ("燧河县",)),
        ("Apart from Qingpu, did Qingyuan District speak of it?", ("清苑区",)),
        ("全国新建多少保障性住房？", ()),
        ("2022年新建了多少公里公路？", ()),
        ("青浦岭县2022年修了几座桥？", ("青浦岭县",)),
        ("青浦区2022年修了几座桥？", ("青浦区",)),
        ("青浦2022年修了几座桥？", ("青浦区",)),
        ("长安镇2022年工业产值多少？", ("长安镇",)),
        ("西安市长安区2022年工业产值多少？", ("长安区",)),
        ("燧河县和青浦区谁增长快？", ("燧河县", "青浦区")),
        ("燧河今年想增长多少？", ("燧河县",)),
        ("What does Suihe plan for 2031?", ("燧河县",)),
        ("Compare suihe county with Qingpu.", ("燧河县", "青浦区")),
        ("What does the suihecounty file say?", ()),
    ],
)
def test_a_place_is_named_by_its_own_name_alone(gazetteer: Gazetteer, text: str, places: tuple[str, ...]) -> None:
    found = scope_of(gazetteer, text)
    assert found.places == places
    assert {group.place for group in found.groups if group.place} == set(places)


@pytest.mark.parametrize("name", ["清苑县", "清苑区", "清苑"])
def test_a_county_and_the_district_it_became_are_one_place(gazetteer: Gazetteer, name: str) -> None:
    found = scope_of(gazetteer, f"{name}2014年和2022年各完成了什么？")
    assert set(found.report_ids) == {"清苑县2014", "清苑区2022"}
    assert len(found.places) == 1
    assert found.missing == ()


def test_a_place_without_a_report_is_told_and_limits_nothing(gazetteer: Gazetteer) -> None:
    found = scope_of(gazetteer, "昆山市2022年的目标是什么？")
    assert found.missing == found.places == ("昆山市",)
    assert all(group.place is None for group in found.groups)
    assert found.allowed is None


def test_beside_a_place_with_reports_one_without_is_told(gazetteer: Gazetteer) -> None:
    found = scope_of(gazetteer, "昆山市和青浦区2022年谁增长快？")
    assert found.missing == ("昆山市",)
    assert [group.place for group in found.groups] == ["青浦区"]


def test_a_year_without_a_report_leaves_all_reports_of_the_place(gazetteer: Gazetteer) -> None:
    found = scope_of(gazetteer, "燧河县2047年的目标是什么？")
    assert found.years == (2047,)
    assert set(found.report_ids) == {"燧河县2031", "燧河县2030"}


def test_each_place_and_year_is_a_group_of_its_own(gazetteer: Gazetteer) -> None:
    found = scope_of(gazetteer, "燧河县2029年和2031年的增长各是多少？青浦区2022年呢？")
    assert [(group.place, group.year, group.report_ids) for group in found.groups] == [
        ("燧河县", 2029, ("燧河县2030",)),
        ("燧河县", 2031, ("燧河县2031",)),
        ("青浦区", 2022, ("青浦区2022",)),
    ]


def test_a_year_alone_groups_the_reports_that_tell_of_it(gazetteer: Gazetteer) -> None:
    (group,) = scope_of(gazetteer, "2030年谁修的路最多？").groups
    assert (group.place, group.year) == (None, 2030)
    assert set(group.report_ids) == {"燧河县2031", "燧河县2030"}


def test_an_author_stands_for_what_he_wrote(gazetteer: Gazetteer) -> None:
    assert scope_of(gazetteer, "纪望舒提出了哪些目标？").report_ids == ("燧河县2031",)


def test_a_table_about_what_an_author_wrote_has_rows_of_no_other_report(gazetteer: Gazetteer) -> None:
    corpus = SimpleNamespace(summaries={row.report_id: row for row in REPORTS})
    text = "纪望舒那份报告里的重点项目一共多少个？"
    units = find_units(text, Subject(), scope_of(gazetteer, text), cast(Corpus, corpus), gazetteer)
    assert [(unit.place, unit.year) for unit in units] == [("燧河县", 2031)]


def test_what_the_asker_limits_to_is_hard(gazetteer: Gazetteer) -> None:
    found = scope_of(gazetteer, "燧河县的目标是什么？", Scope(report_ids=("青浦区2022",)))
    assert found.allowed == ("青浦区2022",)
    assert found.report_ids == ()
    assert scope_of(gazetteer, "目标？", Scope(places=("清苑县",), years=(2022,))).allowed == ("清苑区2022",)
    assert scope_of(gazetteer, "目标？", Scope(years=(1999,))).allowed == ()


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2021—2023年", (2021, 2022, 2023)),
        ("二〇二二年和2024年", (2022, 2024)),
        ("in 2022 and 2024", (2022, 2024)),
        ("from 2021 through 2023", (2021, 2022, 2023)),
        ("between 2021 and 2023", (2021, 2022, 2023)),
        ("the 2021-2023 reports", (2021, 2022, 2023)),
        ("去年和今年", ()),
        ("投资2022万元，产值2,022亿元", ()),
    ],
)
def test_only_years_named_outright_count(text: str, years: tuple[int, ...]) -> None:
    assert named_years(text) == years


def test_a_name_that_one_title_alone_holds_stands_for_that_report() -> None:
    titles = {"a": "Annual Report of Harrowgate", "b": "Annual Report of Silverton", "c": "새벽시 시정 보고"}
    pool = [ReportSummary(key, key, key, Profile(title), 10, 1) for key, title in titles.items()]
    found = {
        text: [group.report_ids for group in read_scope(text, pool, load_gazetteer(), Scope()).groups]
        for text in ("What did Harrowgate's annual report say?", "what does the annual report say", "새벽시는 몇 개?")
    }
    assert list(found.values()) == [[("a",)], [], [("c",)]]
