from rag.reading import read_document

PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>青溪县政府工作报告_青溪论坛</title>
<script>var menu = "不要";</script></head><body>
<div class="top"><a href="/">首页</a><a href="/a">新闻</a><a href="/b">政务公开</a></div>
<div class="box"><h1>青溪县政府工作报告</h1><div>发布日期：2031-01-09 来源：青溪县政府办</div>
<div class="text"><h2>一、过去一年工作回顾</h2>
<p>全县完成地区生产总值<b>320亿元</b>，增长6.5%。<br>一般公共预算收入
达到18.2亿元，举报受理平台按期建成。</p>
<h2>二、今年工作</h2><p>力争地区生产总值增长7%左右，加强技术支持。</p>
<p>表1 主要指标（单位：亿元）</p>
<table><tr><th rowspan="2">指标</th><th colspan="2">数值</th></tr><tr><th>去年</th><th>今年</th></tr>
<tr><td>地区生产总值</td><td>320</td><td>342</td></tr><tr><td>财政收入</td><td>18.2</td><td>19</td></tr></table>
<p>注：数字为初步统计。</p></div>
<div>分享到：<a href="#">微博</a></div></div>
<ul><li><a href="/1">相邻县的报告发布了，快来看一看。</a></li><li><a href="/2">又一条相关的消息在这里。</a></li></ul>
<div class="foot">版权所有 青溪论坛 ICP备0000号</div></body></html>"""


def read(page: str):
    return read_document(page.encode(), "page.html")


def test_keeps_every_sentence_of_the_report():
    text = read(PAGE).text
    assert "全县完成地区生产总值320亿元，增长6.5%。" in text
    assert "一般公共预算收入达到18.2亿元，举报受理平台按期建成。" in text
    assert "力争地区生产总值增长7%左右，加强技术支持。" in text


def test_drops_menus_links_share_buttons_and_imprints():
    text = read(PAGE).text
    for phrase in ("首页", "政务公开", "不要", "分享到", "微博", "相邻县", "版权所有"):
        assert phrase not in text


def test_marks_headings_at_their_place():
    source = read(PAGE)
    found = [(source.text[heading.start : heading.end], heading.level) for heading in source.headings]
    assert found == [("青溪县政府工作报告", 1), ("一、过去一年工作回顾", 2), ("二、今年工作", 2)]


def test_takes_the_title_without_the_name_of_the_site():
    assert read(PAGE).title == "青溪县政府工作报告"


def test_spreads_merged_header_cells_and_finds_caption_unit_and_note():
    source = read(PAGE)
    (table,) = source.tables
    assert table.header == "指标 | 数值 去年 | 数值 今年"
    assert source.text[table.start : table.end].splitlines()[-1] == "财政收入 | 18.2 | 19"
    assert (table.caption, table.unit, table.note) == ("表1 主要指标（单位：亿元）", "亿元", "注：数字为初步统计。")


def test_does_not_take_a_table_that_lays_out_the_page_for_values():
    page = "<html><body><table><tr><td><a href=''>首页</a></td></tr><tr><td>{}</td></tr></table></body></html>"
    source = read(page.format("<p>本镇今年完成道路改造12公里，惠及村民三千人。</p>" * 3))
    assert source.tables == ()
    assert source.text.count("\n") == 2


def test_reads_posts_of_a_forum_and_leaves_out_its_controls():
    post = "<div class='post'><div>楼主</div><div>{}</div><div><a>举报</a> <a>回复</a></div></div>"
    first = "我镇全年实现工业产值四十亿元，新建厂房六万平方米，村级集体收入全部超过五十万元，再创历史新高。" * 4
    second = "下半年要突出抓好秋粮生产，确保粮食总产量稳定在三万吨以上，并且完成十二个村的环境整治，提高满意度。" * 4
    source = read(f"<html><body>{post.format(first)}{post.format(second)}</body></html>")
    assert first in source.text
    assert second in source.text
    assert "楼主" not in source.text
    assert "举报" not in source.text


def test_never_expands_entities_of_an_xml_file():
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "爆炸爆炸"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    source = read_document(f"{bomb}<a><title>标题文字</title><b>正文。&x;&f;</b></a>".encode(), "a.xml")
    assert source.text == "标题文字\n正文。"


def test_reads_html_hidden_in_a_feed():
    feed = "<?xml version='1.0'?><rss><channel><item><title>消息</title>"
    feed += (
        "<description>&lt;p&gt;第一句话。&lt;/p&gt;&lt;p&gt;第二句话。&lt;/p&gt;</description></item></channel></rss>"
    )
    assert read_document(feed.encode(), "a.xml").text == "消息\n第一句话。\n第二句话。"


def test_says_when_the_declared_charset_is_wrong():
    assert read(PAGE).warnings == ("declares the charset gb2312, but its bytes are utf-8",)


def test_raised_digits_after_a_word_are_marks_and_units_stay():
    page = "<html><body><p>推进“三链”<sup>1</sup>建设，新建厂房3万m<sup>2</sup>，全年保持平稳。</p></body></html>"
    assert read(page).text == "推进“三链”[1]建设，新建厂房3万m²，全年保持平稳。"
