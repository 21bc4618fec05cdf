import time

import pytest

from rag.language.places import Gazetteer, load_gazetteer
from rag.reading.cleaning import clean
from rag.reading.outline import outline
from rag.reading.profile import make_profile
from rag.reading.section_periods import Clock, with_periods
from rag.types import Format, SourceText

MAX_SECONDS = 12.0  # of this thread, however busy the machine is


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


@pytest.mark.parametrize(
    "text",
    [
        "增长" * 100_000,
        "增   " * 40_000,
        "好\n" * 40_000,
        "一、增长\n" * 20_000,
        "——增长。好\n" * 15_000,
        "2022年" * 20_000,
        "江苏省" * 20_000,
        "市" * 50_000,
        "Jiangsu " * 10_000,
        "—" * 100_000,
        "《" * 100_000,
        ("增" * 30 + "\n") * 5_000,
        "\\r\\n" * 50_000,
        "项①\n①项：项。\n" * 15_000,
        "注释\n" + "（注）项：目。\n" * 15_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_no_text_makes_reading_slow(text, gazetteer):
    started = time.thread_time()
    cleaned = clean(SourceText(text, Format.TEXT))
    sections = outline(cleaned)
    profile = make_profile(cleaned.text, sections, "a.txt", "", gazetteer)
    with_periods(cleaned.text, sections, Clock(profile.current_year, profile.year, profile.kind))
    assert time.thread_time() - started < MAX_SECONDS
