"""Reports of one year about invented districts: one words the indicator differently, one gives no figure."""

from __future__ import annotations


def report(place: str, year: int, target: str, *, more: str = "") -> str:
    return (
        f"# {year}年{place}政府工作报告\n\n{year}年1月12日在{place}人民代表大会上\n\n"
        f"各位代表：现在，我代表区人民政府作工作报告，请予审议。\n\n## 一、{year - 1}年工作回顾\n\n"
        f"{year - 1}年，全区改造老旧小区21个，群众满意度提高。{more}\n\n## 二、{year}年工作安排\n\n"
        f"今年的主要预期目标是：{target}。\n"
    )


TARGETS = {
    "云汀县": "地区生产总值增长6%左右，城镇新增就业6000人以上",
    "鹭溪县": "全县生产总值增长5%—5.5%，城镇新增就业5200人",
    "砚浦县": "经济增长5.5%左右，新增城镇就业岗位9000个",
    "栖川县": "GDP增长5%，城镇新增就业不少于4800人",
}
FILES = {f"{place}-2031.md": report(place, 2031, target) for place, target in TARGETS.items()}
FILES["霁泽县-2031.md"] = report("霁泽县", 2031, "把就业摆在首位，经济保持平稳", more="低空经济起步。")
FILES["云汀县-2029.md"] = report("云汀县", 2029, "地区生产总值增长7%，城镇新增就业5000人")
FILES["云汀县-2030.md"] = report("云汀县", 2030, "地区生产总值增长6.5%左右", more="低空经济起步。")
