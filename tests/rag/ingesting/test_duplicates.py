import opencc

from rag.ingesting.duplicates import are_same, fingerprint, from_bytes, similarity, to_bytes

SENTENCES = [
    f"第{number}项工作取得新进展，完成投资{number * 7}亿元，新增企业{number + 3}家。" for number in range(1, 120)
]
TEXT = "\n".join(SENTENCES)


def test_white_space_and_line_ends_make_no_difference():
    assert similarity(fingerprint(TEXT), fingerprint(TEXT.replace("\n", "").replace("，", "， "))) == 1.0


def test_traditional_script_is_the_same_report():
    assert are_same(fingerprint(TEXT), fingerprint(opencc.OpenCC("s2t").convert(TEXT)))


def test_a_copy_that_lost_its_end_is_the_same_report():
    assert are_same(fingerprint(TEXT), fingerprint(TEXT[: len(TEXT) // 2]))


def test_another_report_in_the_same_manner_is_not():
    other = "\n".join(
        f"围绕第{number}个目标，安排资金{number * 11}万元，惠及群众{number * 9}户。" for number in range(1, 120)
    )
    assert similarity(fingerprint(TEXT), fingerprint(other)) < 0.1


def test_a_short_or_empty_text_resembles_nothing():
    assert similarity(fingerprint(""), fingerprint("")) == 0.0
    assert not are_same(fingerprint("短文"), fingerprint("短文"))


def test_a_fingerprint_survives_storage():
    stored = to_bytes(fingerprint(TEXT))
    assert len(stored) == 512
    assert similarity(from_bytes(stored), fingerprint(TEXT)) == 1.0
