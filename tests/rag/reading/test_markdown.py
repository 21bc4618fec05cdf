from rag.reading import read_document

DOCUMENT = """---
title: 白石乡年度报告
---
# 白石乡年度报告

**工业**增加值达到[12亿元](http://x.example/a_(b))，`同比`增长*5%*。

目标
----

- 新增就业 300_人_ 以上
> 引用的话。

| 指标 | 数值 |
|:-----|-----:|
| 人口 | 3.2万 |
| 耕地 | 5\\|6 |

文件名 a_b_c 不变，3*4*5 也不变。
"""


def read():
    return read_document(DOCUMENT.encode(), "报告.md")


def test_marks_headings_of_both_kinds():
    source = read()
    found = [(source.text[heading.start : heading.end], heading.level) for heading in source.headings]
    assert found == [("白石乡年度报告", 1), ("目标", 2)]
    assert source.title == "白石乡年度报告"


def test_removes_marks_of_emphasis_and_links():
    text = read().text
    assert "工业增加值达到12亿元，同比增长5%。" in text
    assert "文件名 a_b_c 不变" in text
    assert "引用的话。" in text


def test_reads_pipe_tables():
    source = read()
    (table,) = source.tables
    assert table.header == "指标 | 数值"
    assert source.text[table.start : table.end].startswith("指标 | 数值\n人口 | 3.2万")
