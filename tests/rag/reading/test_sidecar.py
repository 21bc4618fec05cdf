import pytest

from rag.errors import BadInputError
from rag.language.places import load_gazetteer
from rag.reading.sidecar import apply_sidecar, parse_sidecar
from rag.types import Profile, ReportKind


def parse(text: str):
    return parse_sidecar(text.encode(), "a.txt.meta.toml")


def test_a_sidecar_overrides_the_fields_it_names_and_completes_the_place():
    fields = parse('place = "昆山"\nyear = 2031\nyears = [2031, 2030]\ndate = 2031-01-10\nkind = "speech"')
    profile = apply_sidecar(Profile(title="原题", year=1999), fields, load_gazetteer())
    assert (profile.title, profile.place, profile.place_path) == ("原题", "昆山市", ("江苏省", "苏州市", "昆山市"))
    assert (profile.year, profile.years, profile.date, profile.kind) == (
        2031,
        (2030, 2031),
        "2031-01-10",
        ReportKind.SPEECH,
    )


def test_a_place_nobody_knows_is_taken_as_it_is():
    profile = apply_sidecar(Profile(title="x"), parse('place = "Erewhon"'), load_gazetteer())
    assert (profile.place, profile.place_path) == ("Erewhon", ("Erewhon",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plcae = 1", "unknown field 'plcae'"),
        ('year = "2031"', "year = '2031' is not a year"),
        ("year = true", "year = True is not a year"),
        ("years = [1]", "a list of years"),
        ('kind = "novel"', "one of work_report"),
        ('date = "soon"', "a day such as"),
        ("title = 3", "title = 3 is not text"),
        ("= =", "a.txt.meta.toml"),
    ],
)
def test_a_wrong_field_is_refused_by_name(text, message):
    with pytest.raises(BadInputError, match=message.replace("[", r"\[")):
        parse(text)
