from eval.text_matching import figures_in, holds, overlaps, states, unsupported_figures


def test_a_fact_is_found_through_spaces_and_widths():
    assert states("增长６．５ ％。", ["6.5%"])


def test_a_figure_inside_a_longer_figure_is_not_stated():
    assert not states("共1505项", ["505项"])
    assert not states("增长16.5%", ["6.5%"])
    assert not states("达到 2,500", ["2"])


def test_separators_of_thousands_do_not_part_a_figure():
    assert figures_in("5,230 户和 12.5%") == {"5230", "12.5"}


def test_a_figure_without_a_bearer_is_unsupported():
    assert unsupported_figures("增长 87%", ["增长 85%"]) == ("87",)


def test_a_sum_of_two_shown_figures_is_supported():
    assert unsupported_figures("47个加53个，共100个", ["47个", "53个"]) == ()


def test_list_numbers_are_not_figures():
    assert unsupported_figures("1. 甲\n2. 乙", ["甲乙"]) == ()


def test_a_quote_covers_evidence_it_holds_or_shares_most_of():
    assert overlaps("改造 19 个", "去年改造19个小区")
    assert overlaps("一二三四五六七八九十", "零一二三四五六零")
    assert not overlaps("一二三四五六七八九十", "一二三")
    assert not overlaps("", "甲")


def test_evidence_broken_by_a_line_stands_whole_in_a_hit():
    assert holds("产值突\n破 80 亿元", "该行业产值突破80亿元。")
    assert not holds("", "甲")
