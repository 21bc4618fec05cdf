"""What the tests of several rooms stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rag.invented import make_report, put
from tests.rag.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path, database_url: str | None) -> Iterator[Workshop]:
    """The parts over a catalogue of two reports."""
    made = Workshop(tmp_path / "data", database_url)
    for place in ("青岚县", "白鹿市"):
        put(made.catalogue, make_report(place))
    yield made
    made.close()
