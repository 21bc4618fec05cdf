from rag.reading.cleaning import CleanedText, clean
from rag.types import Format, Heading, SourceText, Table


def cleaned(text: str) -> CleanedText:
    return clean(SourceText(text, Format.TEXT))


WRAPPED = """云岭市坚持稳中求进，全年地区生产总值首次突破
八百亿元大关，一般公共预算收入达到 36.5 亿
元，新增高标准农田 3000 亩，粮食产量稳定在
七万吨以上，城乡居民收入与经济增长保持同步。
明年的主要目标和任务
坚持把项目建设作为第一抓手，开工建设亿元以上
项目 33 个，竣工投产 21 个，服务业增加值占比
提高一个百分点以上，努力实现更高质量的发展。
——综合实力显著提升。城镇新增就业一万人以上
，登记失业率控制在百分之三以内，社会保持和谐
稳定，群众获得感不断增强，营商环境持续优化。
"""


def test_hard_wrapped_lines_become_one_paragraph_and_headings_stay_alone():
    lines = cleaned(WRAPPED).text.split("\n")
    assert lines[0].startswith("云岭市")
    assert "突破八百亿元大关" in lines[0]
    assert "36.5亿元" in lines[0]
    assert lines[1] == "明年的主要目标和任务"
    assert lines[3].startswith("——综合实力显著提升。")
    assert "以上，登记失业率" in lines[3]
    assert len(lines) == 4


def test_spaces_stay_between_latin_words_and_figures_only():
    text = cleaned("实现 GDP 增长 6.5%， Smart City 项目 33 个， 4A 级景区 1 月10 日开放").text
    assert text == "实现GDP增长6.5%，Smart City项目33个，4A级景区1月10日开放"


def test_two_figures_are_never_merged():
    assert cleaned("编号 12 34 与 2021 2022 两年").text == "编号12 34与2021 2022两年"


def test_a_sentence_cut_by_a_page_break_is_joined():
    text = "我们坚持生态优先、绿色发展，加快推进环境整治，集中打造\n\n清溪两岸生态景观规划带，建设美丽云岭。"
    assert "集中打造清溪两岸" in cleaned(text).text


def test_forum_furniture_goes_and_the_report_stays():
    text = (
        "设为首页收藏本站\n查看: 12|回复: 0\n\n2031年云岭市政府工作报告\n[复制链接]\n开心\n签到天数: 7 天\n1万\n主题\n"
        "发表于 2031-4-7 20:44:47 | 显示全部楼层\n各位代表：\n"
        "现在，我代表市政府报告一年来的工作，请大家审议，并请列席的同志多提意见。\n"
        "您需要登录后才可以回帖 登录 | 立即注册\n客服中心\n010-12345678\n"
    )
    assert cleaned(text).text.split("\n") == [
        "2031年云岭市政府工作报告",
        "各位代表：",
        "现在，我代表市政府报告一年来的工作，请大家审议，并请列席的同志多提意见。",
    ]


def test_portal_furniture_and_font_size_menus_go():
    body = "全年完成投资 12 亿元，同比增长 8.1%。其中工业投资 5 亿元，占比明显提高，好于预期。"
    lines = cleaned(f"下载\n打印\n【字号：\n加大\n还原\n】\n云岭市统计公报\n{body}\n相关报道：").text.split("\n")
    assert lines == ["云岭市统计公报", body.replace(" ", "")]


def test_literal_line_ends_and_invisible_characters_go():
    assert cleaned("第一段。\\r\\n第二\u200b段。").text == "第一段。\n第二段。"


def test_one_long_line_is_cut_at_its_paragraphs_and_headings():
    body = "全市经济平稳运行，主要指标好于预期。" * 8
    text = f"各位代表： 　　一、2030年工作回顾 　　{body}　　二、2031年主要任务 　　{body}"
    lines = cleaned(text).text.split("\n")
    assert "一、2030年工作回顾" in lines
    assert "二、2031年主要任务" in lines


def test_a_heading_run_into_its_paragraph_is_cut_off():
    text = "请予审议， 并请各位委员提出意见。 2030 年及本届政府工作回顾 2030 年是很不平凡的一年， 我们完成了全年任务。"
    assert cleaned(text).text.split("\n")[1] == "2030年及本届政府工作回顾"


def test_dashed_items_that_run_on_are_cut_apart():
    text = "今后的主要目标为：\n——实力显著提升。产值突破百亿元。——生态显著改善。空气优良率达到九成。"
    assert cleaned(text).text.split("\n")[1:] == [
        "——实力显著提升。产值突破百亿元。",
        "——生态显著改善。空气优良率达到九成。",
    ]


def test_newspaper_continuation_marks_go_and_footnote_marks_stay():
    assert cleaned("（上接第一版）深化“三整合”改革③，推动发展。").text == "深化“三整合”改革③，推动发展。"


def test_spaces_inside_a_heading_keep_their_meaning_where_they_are_rare():
    assert cleaned("实干争先 奋力谱写云岭新篇章\n\n王小明\n").text == "实干争先 奋力谱写云岭新篇章\n王小明"


def test_markdown_marks_of_a_plain_text_become_headings():
    result = cleaned("# 云岭之路\n\n## 举全力 稳增长\n\n坚持稳中求进。\n")
    assert result.text.split("\n")[:2] == ["云岭之路", "举全力 稳增长"]
    assert [(result.text[h.start : h.end], h.level) for h in result.headings] == [("云岭之路", 1), ("举全力 稳增长", 2)]


def test_tables_and_headings_of_the_format_move_with_the_text():
    text = "打印\n概况\n指标 | 2030年\n产值 | 12 亿元\n"
    table = Table(start=6, end=25, number=1, header="指标 | 2030年")
    result = clean(SourceText(text, Format.HTML, headings=(Heading(3, 5, 1),), tables=(table,)))
    assert result.text == "概况\n指标 | 2030年\n产值 | 12 亿元"
    assert result.text[result.tables[0].start : result.tables[0].end].startswith("指标 | 2030年\n产值")
    assert result.text[result.headings[0].start : result.headings[0].end] == "概况"


def test_an_empty_source_gives_an_empty_text():
    assert cleaned(" \n\n").text == ""
