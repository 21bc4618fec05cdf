from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tantivy

from rag.indexing.lexical import LexicalIndex
from rag.reading.passages import make_passages
from rag.storing import Catalogue
from rag.storing.lock import FileLock
from tests.rag.invented import PLACES, make_report, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lexical"


def first_place(catalogue: Catalogue, index: LexicalIndex, text: str) -> str | None:
    passage_id, _ = index.search(text, 1)[0]
    return catalogue.passages_by_id([passage_id])[passage_id].place


@pytest.mark.parametrize("place", PLACES)
def test_finds_the_report_of_the_place_asked_about(catalogue: Catalogue, folder: Path, place: str) -> None:
    index = LexicalIndex(folder, catalogue)
    assert first_place(catalogue, index, f"{place}第3号灌区") == place


def test_best_comes_first_and_scores_fall(catalogue: Catalogue, folder: Path) -> None:
    hits = LexicalIndex(folder, catalogue).search("青岚县粮食产量103.5万吨", 50)
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert "103.5万吨" in catalogue.passages_by_id([hits[0][0]])[hits[0][0]].text


def test_ties_are_broken_by_passage_id(catalogue: Catalogue, folder: Path) -> None:
    hits = LexicalIndex(folder, catalogue).search("青岚河", 50)
    tied: dict[float, list[str]] = {}
    for passage_id, score in hits:
        tied.setdefault(round(score, 5), []).append(passage_id)
    assert all(ids == sorted(ids) for ids in tied.values())


def test_reports_limit_the_search_and_an_empty_limit_admits_nothing(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    wanted = catalogue.reports()[0].report_id
    hits = index.search("粮食产量", 50, report_ids=[wanted])
    assert hits
    assert {passage_id.partition(":")[0] for passage_id, _ in hits} == {wanted}
    assert index.search("粮食产量", 50, report_ids=[]) == []


def test_a_limit_does_not_change_scores(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    free = dict(index.search("粮食产量", 100))
    wanted = catalogue.reports()[1].report_id
    limited = dict(index.search("粮食产量", 100, report_ids=[wanted]))
    assert limited
    assert all(score == pytest.approx(free[passage_id]) for passage_id, score in limited.items())


def test_a_passage_is_found_by_the_words_of_its_title(catalogue: Catalogue, folder: Path) -> None:
    report = make_report("青岚县", 2035)
    profile = replace(report.profile, title="夏季专刊")
    passages = make_passages(report.report_id, report.text, report.sections, (), profile)
    put(catalogue, replace(report, profile=profile, passages=passages))
    hits = LexicalIndex(folder, catalogue).search("夏季专刊", 50)
    assert {passage_id for passage_id, _ in hits} == {passage.passage_id for passage in passages}
    assert "夏季专刊" not in report.text


def test_words_that_stand_nowhere_find_nothing(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    assert index.search("zzz", 10) == []
    assert index.search("", 10) == []
    assert index.search("粮食", 0) == []


def test_a_new_report_is_found_without_reopening(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    put(catalogue, make_report("柳溪县"))
    assert first_place(catalogue, index, "柳溪县") == "柳溪县"


def test_a_removed_report_is_not_found(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    catalogue.remove([summary.report_id for summary in catalogue.reports() if summary.profile.place == "白鹿市"])
    assert "白鹿市" not in {first_place(catalogue, index, "白鹿市灌区"), None}
    assert index.num_passages == sum(summary.num_passages for summary in catalogue.reports())


def test_scores_after_changes_equal_those_of_a_fresh_index(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    for year in range(2032, 2036):
        put(catalogue, make_report("白鹿市", year), path="/reports/白鹿市.txt")
        index.refresh()
    fresh = LexicalIndex(tmp_path / "fresh", catalogue)
    assert index.search("白鹿市粮食产量", 50) == fresh.search("白鹿市粮食产量", 50)


@pytest.mark.parametrize("damage", ["deleted", "truncated", "overwritten", "foreign"])
def test_a_damaged_index_is_made_anew(catalogue: Catalogue, folder: Path, damage: str) -> None:
    before = LexicalIndex(folder, catalogue).search("白鹿市粮食产量", 20)
    inside = folder / "index"
    largest = max((each for each in inside.iterdir()), key=lambda each: each.stat().st_size)
    match damage:
        case "deleted":
            shutil.rmtree(inside)
        case "truncated":
            largest.write_bytes(largest.read_bytes()[:100])
        case "overwritten":
            largest.write_bytes(b"\x00" * largest.stat().st_size)
        case _:
            shutil.rmtree(inside)
            inside.mkdir()
            builder = tantivy.SchemaBuilder()
            builder.add_text_field("title", stored=True)
            tantivy.Index(builder.build(), path=str(inside))
    repaired = LexicalIndex(folder, catalogue)
    assert repaired.search("白鹿市粮食产量", 20) == before


def test_an_undamaged_index_is_not_made_anew(catalogue: Catalogue, folder: Path) -> None:
    LexicalIndex(folder, catalogue)
    before = {each.name: each.stat().st_mtime_ns for each in (folder / "index").iterdir()}
    LexicalIndex(folder, catalogue)
    assert {each.name: each.stat().st_mtime_ns for each in (folder / "index").iterdir()} == before


def test_while_another_process_changes_the_index_the_old_state_is_searched(catalogue: Catalogue, folder: Path) -> None:
    index = LexicalIndex(folder, catalogue)
    put(catalogue, make_report("柳溪县"))
    with FileLock(folder / "writer.lock").hold():
        assert first_place(catalogue, index, "柳溪县白鹿市") == "白鹿市"
    assert first_place(catalogue, index, "柳溪县") == "柳溪县"


def test_what_one_process_indexed_another_takes_up(catalogue: Catalogue, folder: Path) -> None:
    reader = LexicalIndex(folder, catalogue)
    put(catalogue, make_report("柳溪县"))
    writer = LexicalIndex(folder, catalogue)
    writer.refresh()
    with FileLock(folder / "writer.lock").hold():
        assert first_place(catalogue, reader, "柳溪县") == "柳溪县"


def test_an_empty_catalogue_gives_an_empty_index(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path / "empty")
    index = LexicalIndex(tmp_path / "lexical", catalogue)
    assert index.search("粮食", 5) == []
    assert index.num_passages == 0
    catalogue.close()
