from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storing import Catalogue


@pytest.fixture
def catalogue(tmp_path: Path, database_url: str | None) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path, database_url)
    yield opened
    opened.close()
