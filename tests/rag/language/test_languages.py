from __future__ import annotations

import pytest

from rag.language.numerals import find_numbers
from rag.language.periods import reading_of
from rag.language.scripts import language_of, wordings
from rag.language.sentences import split_sentences
from rag.language.terms import content_terms, terms
from rag.types import Reading


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("云岭县今年要修多少公里路？", "zh"),
        ("How long is the new road in 云岭?", "en"),
        ("新しい道路は何キロですか。", "ja"),
        ("새 도로는 몇 킬로미터입니까?", "ko"),
        ("Con đường mới dài bao nhiêu ki-lô-mét?", "vi"),
        ("¿Cuántos kilómetros mide la carretera?", "es"),
        ("كم يبلغ طول الطريق الجديد؟", "ar"),
        ("GDP", "en"),
    ],
)
def test_a_language_is_told_by_its_script_and_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Lee met the U.S. Census team. They stayed 2.5 days. Nobody asked why.", 3),
        ("길을 3.5km 새로 냈습니다. 2032년에는 다리를 놓습니다.", 2),
        ("道を3本作りました。来年は橋です。", 2),
        ("Đã xây 3 cây cầu. Đến năm sau sẽ xây thêm.", 2),
        ("Se abrieron 3 puentes. ¿Cuántos más habrá? Ninguno.", 3),
        ("بُنيت ثلاثة جسور. هل يكفي؟ نعم.", 3),
        ("तीन पुल बने। दो बाकी हैं।", 2),
    ],
)
def test_sentences_end_as_their_language_ends_them(text: str, sentences: int) -> None:
    assert len(split_sentences(text)) == sentences


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("resurfacing roads", "roads were resurfaced"),
        ("도서관을", "도서관이 문을 열었다"),
        ("橋の建設は", "橋を建設した"),
        ("المكتبات", "مكتبات جديدة"),
        ("las bibliotecas", "una biblioteca nueva"),
    ],
)
def test_a_word_is_found_whatever_its_ending(asked: str, said: str) -> None:
    assert set(content_terms(asked)) & set(terms(said))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Los ingresos fueron de 7.654,3 millones de euros", 765_430, "万欧元"),
        ("una población de 12.345 habitantes", 12_345, "人"),
        ("rund 8 765,4 km und 2,5 %", 8_765.4, "公里"),
        ("thu ngân sách 6.789 tỷ đồng", 67_890, "亿越南盾"),
        ("an outlay of ₹23,45,678", 2_345_678, "卢比"),
        ("some 37 lakh people", 370, "万人"),
        ("예산은 2조 3,450억 원", 2.345, "兆韩元"),
        ("일자리 5,310개", 5_310, "个"),
        ("予算は2兆3,450億円", 2.345, "兆日元"),
        ("歲出3兆元", 3, "兆元"),
        ("بلغت ٣٧٫٥ مليون", 3_750, "万"),
        ("rents of 12.345 were paid, 2.5% more", 12.345, ""),
        ("全县产值1,505.5万元", 1_505.5, "万元"),
    ],
)
def test_a_number_is_read_as_its_language_writes_it(text: str, value: float, unit: str) -> None:
    first = next(number for number in find_numbers(text) if number.kind == "quantity")
    assert (round(first.value, 6), first.unit) == (value, unit)
    assert first.text in text


@pytest.mark.parametrize(
    ("target", "result"),
    [
        ("We aim for 300 visits.", "We recorded 300 visits."),
        ("길 3개를 낼 계획이다", "길 3개를 냈습니다. 목표 달성했다, 완료했습니다."),
        ("道を3本作る計画", "道を3本作りました"),
        ("Kế hoạch xây 3 cầu", "Đã xây 3 cầu"),
        ("La meta es de 3 puentes", "Se registró un total de 3 puentes"),
        ("هدف العام 3 جسور", "بلغ العدد 3 جسور"),
    ],
)
def test_targets_and_results_are_told_apart(target: str, result: str) -> None:
    assert reading_of(target) is Reading.TARGET
    assert reading_of(result) in (Reading.RESULT, Reading.UNKNOWN)


def test_what_there_are_no_words_for_is_said_in_english() -> None:
    assert wordings("ko")["coverage"] == wordings("en")["coverage"]
    assert wordings("xx") == wordings("en")
    assert wordings("ar")["not_found"] != wordings("en")["not_found"]
