from __future__ import annotations

import gc
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.errors import ConfigurationError, LockedError, StorageError
from rag.indexing.exact import ExactVectors
from rag.indexing.vectors import VectorIndex
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock
from tests.rag.invented import LetterEmbedder, make_report, put

PLACES = ("青岚县", "白鹿市", "石桥区")
EXACT = "exact search over the catalogue"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path)
    for place in PLACES:
        put(opened, make_report(place))
    yield opened
    opened.close()


@pytest.fixture
def open_index(tmp_path: Path, catalogue: Catalogue) -> Iterator[Callable[[], VectorIndex]]:
    """Open a refreshed index as often as a test likes; all are closed at the end."""
    opened: list[VectorIndex] = []

    def open_one() -> VectorIndex:
        index = VectorIndex(tmp_path / "vectors", catalogue)
        opened.append(index)
        index.refresh()
        return index

    yield open_one
    for index in opened:
        index.close()


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    """The address of a Chroma server of this test's own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(tmp_path / "server"), "--port", str(port), "--host", "127.0.0.1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not listens(port):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(text: str) -> NDArray[np.float32]:
    return LetterEmbedder().embed_query(text)


def wait_until_ready(index: VectorIndex) -> None:
    deadline = time.monotonic() + 20
    while index.status != "ready":
        assert time.monotonic() < deadline, index.status
        time.sleep(0.02)


def ids(hits: list[tuple[str, float]]) -> list[str]:
    return [passage_id for passage_id, _ in hits]


def test_a_passage_is_nearest_to_its_own_vector(catalogue: Catalogue, open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    assert index.status == "ready"
    for summary in catalogue.reports():
        matrix = catalogue.vectors(summary.report_id)
        for passage, vector in zip(catalogue.passages(summary.report_id), matrix, strict=True):
            (best_id, score), *_ = index.search(vector, 3)
            assert score == pytest.approx(1.0, abs=1e-5)
            assert best_id == passage.passage_id


def test_scores_are_cosines_best_first(open_index: Callable[[], VectorIndex]) -> None:
    scores = [score for _, score in open_index().search(ask("粮食产量"), 50)]
    assert scores == sorted(scores, reverse=True)
    assert all(-1.0 <= score <= 1.0 + 1e-6 for score in scores)


def test_chroma_and_the_exact_search_agree(catalogue: Catalogue, open_index: Callable[[], VectorIndex]) -> None:
    index = open_index()
    exact = ExactVectors(catalogue)
    for text in ("粮食产量", "学校改造", "青岚河清淤"):
        from_chroma = index.search(ask(text), 10)
        from_catalogue = exact.search(ask(text), 10, catalogue.versions())
        assert ids(from_chroma) == ids(from_catalogue)
        np.testing.assert_allclose([s for _, s in from_chroma], [s for _, s in from_catalogue], atol=1e-5)


def test_reports_limit_the_search_and_an_empty_limit_admits_nothing(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex]
) -> None:
    index = open_index()
    wanted = catalogue.reports()[0]
    hits = index.search(ask("粮食"), 100, report_ids=[wanted.report_id])
    assert len(hits) == wanted.num_passages
    assert index.search(ask("粮食"), 100, report_ids=[]) == []
    assert index.search(ask("粮食"), 100, report_ids=["unknown"]) == []


def test_before_it_is_opened_searches_are_exact(catalogue: Catalogue, tmp_path: Path) -> None:
    index = VectorIndex(tmp_path / "vectors", catalogue)
    assert index.status == EXACT
    assert len(index.search(ask("粮食"), 5)) == 5
    assert not (tmp_path / "vectors").exists()


def test_a_new_report_is_found_at_once_and_a_removed_one_never(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex]
) -> None:
    index = open_index()
    added = make_report("柳溪县")
    put(catalogue, added)
    vector = catalogue.vectors(added.report_id)[0]
    assert ids(index.search(vector, 1)) == [added.passages[0].passage_id]
    wait_until_ready(index)
    assert ids(index.search(vector, 1)) == [added.passages[0].passage_id]
    catalogue.remove([added.report_id])
    assert added.report_id not in {each.partition(":")[0] for each in ids(index.search(vector, 100))}
    wait_until_ready(index)
    assert added.report_id not in {each.partition(":")[0] for each in ids(index.search(vector, 100))}


def test_a_second_process_searches_exactly_while_the_first_has_chroma_open(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first = ProcessLock(tmp_path / "vectors" / "writer.lock")
    assert first.try_acquire()
    index = VectorIndex(tmp_path / "vectors", catalogue)
    index.refresh()
    assert index.status == EXACT
    assert len(index.search(ask("粮食"), 5)) == 5
    with pytest.raises(LockedError, match=r"process \d+"):
        index.rebuild()
    first.release()
    index.refresh()
    assert index.status == "ready"
    index.close()


def fill(catalogue: Catalogue, count: int) -> None:
    """Add reports until ``count`` passages are in."""
    year = 2040
    while sum(summary.num_passages for summary in catalogue.reports()) < count:
        put(catalogue, make_report(year=year, paragraphs=120))
        year += 1


def inner_files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and "index-" in str(each)]


def test_more_than_a_thousand_vectors_survive_a_restart(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    fill(catalogue, 1_500)
    index = open_index()
    before = index.search(ask("粮食产量"), 20)
    index.close()
    (folder,) = (tmp_path / "vectors").glob("index-*")
    index.refresh()
    assert list((tmp_path / "vectors").glob("index-*")) == [folder]
    assert index.search(ask("粮食产量"), 20) == before


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("data_level0.bin", "overwritten"),
        ("data_level0.bin", "truncated"),
        ("index_metadata.pickle", "deleted"),
        ("header.bin", "truncated"),
        ("chroma.sqlite3", "overwritten"),
        ("chroma.sqlite3", "deleted"),
        ("", "folder deleted"),
        ("", "stamp deleted"),
    ],
)
def test_a_damaged_index_is_made_anew_without_embedding(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path, name: str, damage: str
) -> None:
    fill(catalogue, 1_200)
    index = open_index()
    before = index.search(ask("粮食产量"), 20)
    index.close()
    folder = tmp_path / "vectors"
    target = next((each for each in inner_files(folder) if each.name == name), folder)
    match damage:
        case "overwritten":
            target.write_bytes(b"\xa5" * target.stat().st_size)
        case "truncated":
            target.write_bytes(target.read_bytes()[:40])
        case "deleted":
            target.unlink()
        case "folder deleted":
            shutil.rmtree(folder)
        case _:
            (folder / "stamp.json").unlink()
    repaired = open_index()
    assert repaired.status == "ready"
    assert repaired.search(ask("粮食产量"), 20) == before


def test_an_index_its_maker_left_half_changed_is_made_anew(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    index = open_index()
    index.close()
    stamp = tmp_path / "vectors" / "stamp.json"
    stamp.write_text(stamp.read_text().replace('"dirty":false', '"dirty":true'))
    index.refresh()
    assert index.status == "ready"
    assert "index-2" in stamp.read_text()


def test_closing_breaks_off_a_long_build_which_goes_on_at_the_next_opening(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    fill(catalogue, 5_000)
    index = VectorIndex(tmp_path / "vectors", catalogue)
    index.start_catching_up()
    while not (tmp_path / "vectors" / "stamp.json").exists():
        time.sleep(0.01)
    index.close()
    held = len(json.loads((tmp_path / "vectors" / "stamp.json").read_text())["reports"])
    assert 0 < held < len(catalogue.reports())
    index.refresh()
    assert index.num_passages == sum(report.num_passages for report in catalogue.reports())
    assert (tmp_path / "vectors" / "index-1").is_dir()
    index.close()


def test_vectors_missing_inside_chroma_are_noticed(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    index = open_index()
    index.close()
    (database,) = (tmp_path / "vectors").rglob("chroma.sqlite3")
    connection = sqlite3.connect(database)
    connection.execute("DELETE FROM embeddings WHERE embedding_id LIKE '%:00001'")
    connection.commit()
    connection.close()
    index.refresh()
    assert len(index.search(ask("粮食"), 500)) == sum(each.num_passages for each in catalogue.reports())


@pytest.mark.filterwarnings("ignore:.*unclosed.*socket")  # Chroma's client does not close its own
def test_a_chroma_server_serves_as_well(catalogue: Catalogue, tmp_path: Path, chroma_server: str) -> None:
    index = VectorIndex(tmp_path / "remote", catalogue, url=chroma_server)
    index.refresh()
    assert index.status == "ready"
    put(catalogue, make_report("柳溪县"))
    index.refresh()
    from_server = index.search(ask("粮食"), 10)
    assert ids(from_server) == ids(ExactVectors(catalogue).search(ask("粮食"), 10, catalogue.versions()))
    index.rebuild()
    assert index.status == "ready"
    assert ids(index.search(ask("粮食"), 10)) == ids(from_server)
    index.close()
    del index
    gc.collect()


def test_a_server_that_is_not_there_is_named_and_the_search_stays_exact(catalogue: Catalogue, tmp_path: Path) -> None:
    index = VectorIndex(tmp_path / "remote", catalogue, url="http://127.0.0.1:9")
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:9"):
        index.refresh()
    assert len(index.search(ask("粮食"), 5)) == 5


def test_an_address_that_is_none_is_a_wrong_setting(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CHROMA_URL"):
        VectorIndex(tmp_path / "remote", catalogue, url="chroma.example").refresh()
    assert ProcessLock(tmp_path / "remote" / "writer.lock").try_acquire()


def test_catalogue_needs_neither_chroma_nor_torch() -> None:
    modules = "sys, rag.storing, rag.indexing.vectors, rag.indexing.lexical"
    code = f"import {modules}; print({{'chromadb', 'torch'}} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "set()"
