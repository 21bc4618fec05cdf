import shutil
import subprocess

import pytest

from rag.errors import UnreadableFileError
from rag.reading.decoding import decode

SIMPLIFIED = "青溪县去年完成地区生产总值三百二十亿元，增长百分之六点五，居民收入持续提高。\n今年要继续努力。\n"
TRADITIONAL = "青溪縣去年完成地區生產總值三百二十億元，增長百分之六點五，居民收入持續提高。\n今年要繼續努力。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312"]
)
def test_reads_simplified_chinese_in_every_encoding(encoding):
    assert decode(SIMPLIFIED.encode(encoding), "a.txt").text == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "big5", "big5hkscs", "gbk"])
def test_reads_traditional_chinese_in_every_encoding(encoding):
    assert decode(TRADITIONAL.encode(encoding), "a.txt").text == TRADITIONAL


def test_takes_big5_for_big5_although_it_decodes_as_gb18030():
    content = TRADITIONAL.encode("big5")
    assert content.decode("gb18030")
    assert decode(content, "a.txt").encoding == "big5"


def test_reads_a_short_japanese_table():
    text = "名前,年齢,住所\n佐藤太郎,30,東京\n"
    assert decode(text.encode("cp932"), "a.csv").text == text


def test_reads_latin_utf16_without_a_mark():
    text = "The county plans 12 projects.\n"
    assert decode(text.encode("utf-16-be"), "a.txt").text == text


@pytest.mark.skipif(not shutil.which("iconv"), reason="needs the program iconv")
def test_reads_euc_tw_with_iconv():
    made = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "EUC-TW"], input=TRADITIONAL.encode(), capture_output=True, check=True
    )
    decoded = decode(made.stdout, "a.txt")
    assert decoded.text == TRADITIONAL
    assert decoded.encoding == "euc-tw"
    assert decoded.num_lost == 0


def test_names_euc_tw_when_iconv_is_missing(monkeypatch, tmp_path):
    if not shutil.which("iconv"):
        pytest.skip("needs the program iconv to make the bytes")
    made = subprocess.run(
        ["iconv", "-f", "UTF-8", "-t", "EUC-TW"], input=TRADITIONAL.encode(), capture_output=True, check=True
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableFileError, match="EUC-TW"):
        decode(made.stdout, "a.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_counts_the_character_cut_off_at_the_end(encoding):
    content = (SIMPLIFIED * 20).rstrip().removesuffix("。").encode(encoding)[:-1]
    decoded = decode(content, "a.txt")
    assert decoded.num_lost == 1
    assert decoded.warnings == (f"characters lost: 1 (bytes that are no {encoding})",)
    assert decoded.text.endswith("今年要继续努")


def test_marks_lost_characters_inside_the_text():
    content = (SIMPLIFIED * 20).encode().replace("元".encode(), b"\xff", 1)
    decoded = decode(content, "a.txt")
    assert decoded.num_lost == 1
    assert "三百二十亿〓，" in decoded.text


def test_believes_the_bytes_when_the_page_declares_another_charset():
    decoded = decode(SIMPLIFIED.encode(), "a.html", declared="gb2312")
    assert decoded.text == SIMPLIFIED
    assert decoded.warnings == ("declares the charset gb2312, but its bytes are utf-8",)


def test_says_nothing_when_the_declared_charset_is_a_subset_of_the_real_one():
    assert decode(SIMPLIFIED.encode("gbk"), "a.html", declared="gb2312").warnings == ()


def test_makes_line_feeds_of_all_line_ends():
    assert decode("一\r\n二\r三\n".encode(), "a.txt").text == "一\n二\n三\n"


def test_refuses_bytes_that_are_no_text():
    with pytest.raises(UnreadableFileError, match=r"noise\.txt: .*"):
        decode(bytes(range(256)) * 40, "noise.txt")


def test_reads_western_text_with_single_accented_letters():
    assert decode("Le café de la préfecture, à côté.".encode("cp1252"), "a.txt").text.startswith("Le café")
