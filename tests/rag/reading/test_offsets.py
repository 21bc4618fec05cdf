from hypothesis import given
from hypothesis import strategies as st

from rag.reading.cleaning import clean
from rag.reading.offsets import OffsetMap
from rag.types import Format, SourceText


def test_a_span_maps_to_where_its_characters_came_from_and_back():
    offsets = OffsetMap([(0, 2, 3), (4, 8, 2)])
    assert offsets.to_original(0, 6) == (2, 10)
    assert offsets.to_original(1, 5) == (3, 9)
    assert offsets.to_cleaned(0, 4) == (0, 2)
    assert offsets.to_cleaned(5, 9) == (4, 5)


def test_characters_that_stand_in_one_text_only_give_an_empty_span():
    offsets = OffsetMap([(0, 2, 3), (4, 8, 2)])
    assert offsets.to_original(3, 4) == (8, 8)
    assert offsets.to_cleaned(5, 8) == (4, 4)


def test_an_empty_map_maps_everything_to_the_start():
    assert OffsetMap([]).to_original(0, 0) == (0, 0)


pieces = st.sampled_from(
    [
        "云岭县",
        "完成",
        "3.5 亿元",
        " ",
        "  ",
        "\n",
        "\n\n",
        "。",
        "，",
        "\u200b",
        "GDP ",
        "　　",
        "一、",
        "——",
        "1 月",
        "10 日",
        "\\r\\n",
        "下载\n",
    ]
)


@given(st.lists(pieces, max_size=40), st.data())
def test_any_cleaned_span_is_found_in_the_original_and_again_in_the_cleaned_text(parts, data):
    source = SourceText("".join(parts), Format.TEXT)
    cleaned = clean(source)
    start = data.draw(st.integers(0, len(cleaned.text)))
    end = data.draw(st.integers(start, len(cleaned.text)))
    first, last = cleaned.offsets.to_original(start, end)
    assert 0 <= first <= last <= len(source.text)
    again = cleaned.text[slice(*cleaned.offsets.to_cleaned(first, last))]
    assert again == cleaned.text[start:end].strip("\n") or "".join(cleaned.text[start:end].split()) == "".join(
        again.split()
    )


@given(st.lists(pieces, max_size=40))
def test_every_copied_character_is_the_same_in_both_texts(parts):
    source = SourceText("".join(parts), Format.TEXT)
    cleaned = clean(source)
    for position, character in enumerate(cleaned.text):
        start, end = cleaned.offsets.to_original(position, position + 1)
        if end > start and not character.isspace():
            assert source.text[start:end] == character
            assert cleaned.offsets.to_cleaned(start, end) == (position, position + 1)
