"""A service whose Chroma server comes and goes: answers by words alone say so, and no restart is needed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.language.scripts import wordings
from tests.rag.chroma_process import ChromaProcess

SAMPLES = Path(__file__).parents[2] / "samples"
QUESTION = "哪里建设了创新药成果转化中试平台？"
NOTE = wordings("zh")["words_alone"]


@pytest.fixture
def server(tmp_path: Path):
    process = ChromaProcess(tmp_path / "chroma")
    process.start()
    yield process
    process.stop()


def test_answers_by_words_alone_say_so_until_the_server_is_back(tmp_path: Path, embedder: Embedder, server):
    service = open_service(Settings(data_dir=tmp_path / "data", chroma_url=server.url), embedder=embedder)
    try:
        service.ingest([SAMPLES])
        service.start()
        before = service.ask(QUESTION)
        assert service.ready().checks["vectors"] == "ready"
        server.stop()
        alone, found = service.ask(QUESTION), service.search(QUESTION)
        assert NOTE in alone.notes
        assert NOTE in found.notes
        assert {name for hit in found.hits for name in hit.signals} == {"lexical"}
        assert service.ready().ready
        assert service.ready().checks["vectors"].startswith("words alone: ")
        server.start()
        deadline = time.monotonic() + 20
        while service.ready().checks["vectors"] != "ready":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1)
        after = service.ask(QUESTION)
        assert (after.text, after.notes, after.citations) == (before.text, before.notes, before.citations)
    finally:
        service.close()


def by_meaning_too(service):
    """What a search finds once the server has the vectors; until then it is by words alone and says so."""
    deadline = time.monotonic() + 20
    while (found := service.search(QUESTION)).notes:
        assert found.notes == (NOTE,)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def test_a_report_that_one_process_takes_in_is_found_by_another_within_two_seconds(
    tmp_path: Path, embedder: Embedder, server
):
    settings = Settings(data_dir=tmp_path / "data", chroma_url=server.url)
    here, there = open_service(settings, embedder=embedder), open_service(settings, embedder=embedder)
    try:
        there.start()
        here.ingest([SAMPLES])
        began = time.monotonic()
        while not there.search(QUESTION).hits:
            assert time.monotonic() - began < 2
            time.sleep(0.02)
        found, own = by_meaning_too(there), by_meaning_too(here)
        assert found.hits == own.hits
        assert {name for hit in found.hits for name in hit.signals} == {"lexical", "dense"}
    finally:
        here.close()
        there.close()
