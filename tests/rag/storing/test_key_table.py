from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import BadInputError, NotFoundError
from rag.storing import Catalogue
from rag.storing.key_table import KeyTable
from rag.storing.maintenance import backup


@pytest.fixture
def keys(catalogue: Catalogue) -> KeyTable:
    return KeyTable(catalogue.database)


def test_a_key_opens_with_its_scope_and_nothing_else_does(keys: KeyTable):
    key = keys.add("dashboard", "ask")
    found = keys.find(key)
    assert found is not None
    assert (found.name, found.scope) == ("dashboard", "ask")
    for wrong in ("", key[:-1], key + "x", key.swapcase(), "dashboard", "\ud800"):
        assert keys.find(wrong) is None


def test_threat_whoever_reads_the_catalogue_does_not_learn_a_key(keys: KeyTable, catalogue: Catalogue, tmp_path: Path):
    key = keys.add("dashboard", "manage")
    assert len(key) >= 43
    backup(catalogue, tmp_path / "saved")
    assert key not in repr(keys.all())
    catalogue.close()
    assert all(key.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_removed_key_no_longer_opens(keys: KeyTable):
    key, other = keys.add("a", "ask"), keys.add("b", "manage")
    keys.remove("a")
    assert keys.find(key) is None
    assert keys.find(other) is not None
    with pytest.raises(NotFoundError, match="'a'"):
        keys.remove("a")


@pytest.mark.parametrize(
    ("name", "scope", "named"),
    [("taken", "ask", "taken"), ("", "ask", "name"), ("a\nb", "ask", "name"), ("b", "all", "scope")],
)
def test_a_name_or_scope_that_cannot_be_is_refused(keys: KeyTable, name: str, scope: str, named: str):
    keys.add("taken", "ask")
    with pytest.raises(BadInputError, match=named):
        keys.add(name, scope)
