from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.storing import Catalogue
from tests.rag.invented import PLACES, make_report, put


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path)
    for place in PLACES:
        put(opened, make_report(place))
    yield opened
    opened.close()
