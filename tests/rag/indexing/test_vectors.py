from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.indexing import vectors
from rag.indexing.chroma_mirror import ChromaMirror
from rag.indexing.vectors import VectorIndex
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock
from tests.rag.invented import ask, make_report, put, wait_until

EXACT = "exact search over the catalogue"


@contextmanager
def opening(catalogue: Catalogue, folder: Path) -> Iterator[Callable[[], VectorIndex]]:
    """Open a refreshed index as often as a test likes; all are closed at the end."""
    opened: list[VectorIndex] = []

    def open_one() -> VectorIndex:
        index = VectorIndex(catalogue, ChromaMirror(folder / "vectors", catalogue))
        opened.append(index)
        index.refresh()
        return index

    yield open_one
    for index in opened:
        index.close()


@pytest.fixture
def open_index(tmp_path: Path, catalogue: Catalogue) -> Iterator[Callable[[], VectorIndex]]:
    with opening(catalogue, tmp_path) as open_one:
        yield open_one


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
    everything = list(catalogue.versions())
    for text in ("粮食产量", "学校改造", "青岚河清淤"):
        from_chroma = index.search(ask(text), 10)
        from_catalogue = index.search(ask(text), 10, report_ids=everything)
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


def test_a_narrow_scope_needs_no_chroma_and_a_search_without_opens_it(catalogue: Catalogue, tmp_path: Path) -> None:
    index = VectorIndex(catalogue, ChromaMirror(tmp_path / "vectors", catalogue))
    wanted = catalogue.reports()[0].report_id
    assert len(index.search(ask("粮食"), 3, report_ids=[wanted])) == 3
    assert (index.status, (tmp_path / "vectors").exists()) == (EXACT, False)
    assert len(index.search(ask("粮食"), 5)) == 5
    wait_until(lambda: index.status == "ready")
    index.close()


def test_a_wide_scope_is_asked_of_chroma_and_agrees_with_what_the_catalogue_says(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex]
) -> None:
    fill(catalogue, vectors.NARROW_PASSAGES + 2_000)
    index = open_index()
    wide = list(catalogue.versions())[:-1]
    assert catalogue.count_passages(wide) > vectors.NARROW_PASSAGES
    from_chroma = index.search(ask("第7号灌区"), 20, report_ids=wide)
    beside = open_index()
    assert (index.status, beside.status) == ("ready", EXACT)
    from_catalogue = beside.search(ask("第7号灌区"), 20, report_ids=wide)
    assert {each.partition(":")[0] for each in ids(from_chroma)} <= set(wide)
    np.testing.assert_allclose([s for _, s in from_chroma], [s for _, s in from_catalogue], atol=1e-5)


def test_a_new_report_is_found_at_once_and_a_removed_one_never(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex]
) -> None:
    index = open_index()
    added = make_report("柳溪县")
    put(catalogue, added)
    vector = catalogue.vectors(added.report_id)[0]
    assert ids(index.search(vector, 1)) == [added.passages[0].passage_id]
    wait_until(lambda: index.status == "ready")
    assert ids(index.search(vector, 1)) == [added.passages[0].passage_id]
    catalogue.remove([added.report_id])
    assert added.report_id not in {each.partition(":")[0] for each in ids(index.search(vector, 100))}
    wait_until(lambda: index.status == "ready")
    assert added.report_id not in {each.partition(":")[0] for each in ids(index.search(vector, 100))}


def test_a_second_process_searches_exactly_while_the_first_has_chroma_open(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    first = ProcessLock(tmp_path / "vectors" / "writer.lock")
    assert first.try_acquire()
    index = VectorIndex(catalogue, ChromaMirror(tmp_path / "vectors", catalogue))
    index.refresh()
    assert index.status == EXACT
    assert len(index.search(ask("粮食"), 5)) == 5
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
    return [each for each in (folder / "chroma").rglob("*") if each.is_file()]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with more than the thousand vectors at which Chroma first writes files of its own."""
    folder = tmp_path_factory.mktemp("filled")
    with closing(Catalogue.open(folder)) as catalogue, opening(catalogue, folder) as open_one:
        fill(catalogue, 1_200)
        assert open_one().status == "ready"
    return folder


@pytest.fixture
def open_filled(filled: Path, tmp_path: Path) -> Iterator[Callable[[], VectorIndex]]:
    """Open an index over a copy of it as often as a test likes."""
    folder = shutil.copytree(filled, tmp_path / "filled")
    with closing(Catalogue.open(folder)) as catalogue, opening(catalogue, folder) as open_one:
        yield open_one


def test_more_than_a_thousand_vectors_survive_a_restart(open_filled: Callable[[], VectorIndex], tmp_path: Path) -> None:
    made = (tmp_path / "filled" / "vectors" / "chroma").stat().st_ino
    index = open_filled()
    before = index.search(ask("粮食产量"), 20)
    index.close()
    index.refresh()
    assert (tmp_path / "filled" / "vectors" / "chroma").stat().st_ino == made
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
        ("", "seal deleted"),
        ("", "seal of nonsense"),
    ],
)
def test_a_damaged_index_is_made_anew_without_embedding(
    open_filled: Callable[[], VectorIndex], tmp_path: Path, name: str, damage: str
) -> None:
    index = open_filled()
    before = index.search(ask("粮食产量"), 20)
    index.close()
    folder = tmp_path / "filled" / "vectors"
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
        case "seal deleted":
            (folder / "seal.json").unlink()
        case _:
            (folder / "seal.json").write_text('{"held": 3}')
    repaired = open_filled()
    assert repaired.status == "ready"
    assert repaired.search(ask("粮食产量"), 20) == before


def half_changed(folder: str) -> None:
    """In a child: die in the middle of a change, without a word."""
    catalogue = Catalogue.open(Path(folder))
    index = VectorIndex(catalogue, ChromaMirror(Path(folder) / "vectors", catalogue))
    index.refresh()
    put(catalogue, make_report("柳溪县"))
    put(catalogue, make_report("云溪县"))
    reading = catalogue.passage_vectors

    def read_and_die(report_ids: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        passage_ids, matrix = reading(report_ids)
        index._mirror._collection.put(passage_ids[:7], matrix[:7])
        os._exit(9)

    catalogue.passage_vectors = read_and_die
    index.refresh()


def test_an_index_its_maker_left_half_changed_is_made_anew(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    open_index().close()
    code = f"from {__name__} import half_changed; half_changed({str(tmp_path)!r})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert not (tmp_path / "vectors" / "seal.json").exists()
    index = open_index()
    assert index.status == "ready"
    assert len(index.search(ask("粮食"), 500)) == sum(each.num_passages for each in catalogue.reports())


def test_closing_breaks_off_a_long_build_which_goes_on_at_the_next_opening(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    fill(catalogue, 5_000)
    index = VectorIndex(catalogue, ChromaMirror(tmp_path / "vectors", catalogue))
    index.start_catching_up()
    while not index.num_passages:
        time.sleep(0.01)
    index.close()
    held = json.loads((tmp_path / "vectors" / "seal.json").read_text())["counts"][0]
    made = (tmp_path / "vectors" / "chroma").stat().st_ino
    assert 0 < held < sum(report.num_passages for report in catalogue.reports())
    index.refresh()
    assert index.num_passages == sum(report.num_passages for report in catalogue.reports())
    assert (tmp_path / "vectors" / "chroma").stat().st_ino == made
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


def test_catalogue_needs_neither_chroma_nor_torch() -> None:
    modules = "sys, rag.storing, rag.indexing.vectors, rag.indexing.lexical"
    code = f"import {modules}; print({{'chromadb', 'torch'}} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "set()"
