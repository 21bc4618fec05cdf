from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.rag.workshop import Workshop, diagnose, faulty, spoil


def test_doctor_finds_nothing_where_nothing_is_wrong(workshop: Workshop) -> None:
    workshop.lexical.refresh()
    workshop.vectors.refresh()
    assert faulty(workshop) == set()
    assert {"catalogue file", "passages", "vectors", "lexical index", "vector index"} <= set(diagnose(workshop))


def test_doctor_finds_nothing_wrong_with_an_empty_catalogue(tmp_path: Path) -> None:
    made = Workshop(tmp_path / "empty")
    assert faulty(made) == set()
    made.close()


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE passages SET start = start + 1 WHERE position = 2", "passages"),
        ("UPDATE reports SET num_passages = 1", "passages"),
        ("UPDATE reports SET near_duplicate_of = 'gone'", "passages"),
        ('UPDATE sections SET "end" = "end" - 1', "outlines"),
        ("UPDATE figures SET text = '9亿元'", "figures"),
        ("UPDATE passages SET header = 'another' WHERE position = 1", "vectors"),
        ("UPDATE vectors SET vector = CAST('" + 64 * "0" + "' AS {BYTES})", "vectors"),
        ("DELETE FROM files", "catalogue file"),
    ],
)
def test_doctor_names_what_is_wrong(workshop: Workshop, statement: str, name: str) -> None:
    workshop.lexical.refresh()
    spoil(workshop, statement.format(BYTES="bytea" if workshop.url else "BLOB"))
    assert name in faulty(workshop)


def test_lost_index_folders_come_back_without_embedding(workshop: Workshop) -> None:
    workshop.vectors.refresh()
    workshop.close()
    shutil.rmtree(workshop.data_dir / "lexical")
    shutil.rmtree(workshop.data_dir / "vectors")
    again = Workshop(workshop.data_dir, workshop.url)
    again.vectors.refresh()
    assert faulty(again) == set()
    assert again.embedder.texts_embedded == 0
    again.close()
