"""Made-up reports of any number: invented places, figures drawn by a seeded generator, the manner of the real ones."""

from __future__ import annotations

from pathlib import Path
from random import Random

FIRST = "云澄砚栖霁鹭芦苇雁梅岩松柘鹤望枕青岚芷洲"
SECOND = "汀岚浦澜川溪湾渚坞棠茭泽屿原峦"
INDICATORS = (
    "地区生产总值", "一般公共预算收入", "固定资产投资", "规上工业增加值", "社会消费品零售总额", "进出口总额",
    "实际使用外资", "居民人均可支配收入", "高新技术产业产值", "建筑业总产值", "旅游总收入", "粮食总产量",
)  # fmt: skip
TASKS = (
    "新增规上工业企业{n}家，推动{p}产业园二期{m}月底前投产，亩均税收提高到{d}万元。",
    "改造老旧小区{n}个，新增公共停车位{n}0个，打通{p}路等{m}条断头路。",
    "建设高标准农田{d}万亩，村均集体经营性收入达到{n}万元，创成和美乡村{m}个。",
    "新建{p}小学，新增学位{n}0个，普惠托位{n}个，助餐点{m}个。",
    "疏浚河道{n}条，新增绿地{d}公顷，优良天数比例达到9{m}%以上。",
    "签约亿元以上项目{n}个，其中过10亿元{m}个，完成工业投资{d}亿元。",
)


def place_names() -> list[str]:
    """Every invented county name, in a fixed order: 300 of them."""
    return [first + second + "县" for first in FIRST for second in SECOND]


def write_report(place: str, year: int, random: Random, *, characters: int) -> str:
    """One work report of about so many characters: results of the year before, targets and tasks of the year."""
    last = year - 1
    lines = [f"{year}年{place}人民政府工作报告", "", f"——{year}年1月8日在{place}人民代表大会上", "", "各位代表：", ""]
    lines.append(f"一、{last}年工作回顾")
    lines.append(
        "".join(
            f"{name}完成{random.randint(20, 9000) / 10}亿元，增长{random.randint(1, 120) / 10}%；"
            for name in INDICATORS
        )
    )
    lines.append(f"二、{year}年主要目标")
    lines.append("".join(f"{name}增长{random.randint(10, 120) / 10}%以上；" for name in INDICATORS))
    lines.append(f"三、{year}年重点工作")
    length = sum(map(len, lines))
    while length < characters:
        task = random.choice(TASKS).format(
            n=random.randint(3, 99),
            m=random.randint(1, 9),
            d=random.randint(11, 999) / 10,
            p=random.choice(FIRST) + random.choice(SECOND),
        )
        lines.append(task)
        length += len(task)
    return "\n".join(lines)


FIRST_YEAR = 2005


def write_reports(folder: Path, *, count: int, characters: int = 10_000, seed: int = 7, first: int = 0) -> int:
    """Write so many reports into a folder, each about another place or year; returns the characters written.

    ``first`` is how many were written before: those that follow are about other places or later years.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    names = place_names()
    total = 0
    for number in range(first, first + count):
        place, year = names[number % len(names)], FIRST_YEAR + number // len(names) % 30
        text = write_report(place, year, random, characters=characters)
        (folder / f"{number:06d}.txt").write_text(text, "utf-8")
        total += len(text)
    return total


def write_questions(*, count: int, places: int, seed: int = 11) -> list[str]:
    """Questions about the first so many places, in a fixed order."""
    random = Random(seed)
    names = place_names()[:places]
    return [f"{random.choice(names)}{random.choice(INDICATORS)}的增长目标是多少？" for _ in range(count)]


def write_pile_questions(*, count: int, seed: int = 11) -> list[str]:
    """Questions over all reports at once, in a fixed order: every other one is of a single year."""
    random = Random(seed)
    periods = ("", f"{FIRST_YEAR}年")
    return [f"{periods[number % 2]}哪些县的{random.choice(INDICATORS)}增长目标高于8%？" for number in range(count)]
