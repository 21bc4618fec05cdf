from __future__ import annotations

import re
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexMismatchError, LockedError, NotFoundError, StorageError
from rag.storing import Catalogue, FileRecord, advisory_lock, embedded_text, text_hash
from rag.types import Report
from tests.rag.invented import MODEL, LetterEmbedder, content_hash, make_report, put


def file_of(report: Report) -> FileRecord:
    return FileRecord(f"/reports/{report.source}", report.source, report.report_id, content_hash(report.text))


def test_gives_back_a_report_exactly_as_it_was_put_in(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    assert catalogue.report(report.report_id) == report
    assert catalogue.text(report.report_id) == report.text
    assert catalogue.passages(report.report_id) == report.passages
    assert catalogue.figures(report.report_id) == report.figures


def test_keeps_vectors_in_passage_order_bit_for_bit(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    expected = LetterEmbedder().embed([embedded_text(passage) for passage in report.passages])
    np.testing.assert_array_equal(catalogue.vectors(report.report_id), expected)


def test_lists_reports_without_text(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    (summary,) = catalogue.reports()
    assert summary.profile == report.profile
    assert (summary.num_characters, summary.num_passages) == (len(report.text), len(report.passages))


def test_says_which_id_is_unknown(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="abc"):
        catalogue.report("abc")


def test_version_grows_with_every_change(catalogue: Catalogue) -> None:
    versions = [catalogue.version]
    report = make_report()
    put(catalogue, report)
    versions.append(catalogue.version)
    catalogue.remove([report.report_id])
    versions.append(catalogue.version)
    assert versions == sorted(set(versions))


def test_list_of_reports_follows_every_change(catalogue: Catalogue) -> None:
    first, second = make_report("青岚县"), make_report("白鹿市")
    put(catalogue, first)
    put(catalogue, second)
    assert len(catalogue.reports()) == 2
    assert catalogue.remove([first.report_id, "unknown"]) == [first.report_id]
    assert [summary.report_id for summary in catalogue.reports()] == [second.report_id]


def test_removing_leaves_no_rows_behind(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    catalogue.remove([report.report_id])
    with catalogue.database.read() as connection:
        for table in ("reports", "files", "sections", "tables", "passages", "figures"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0, table


def test_a_changed_file_replaces_what_its_path_held(catalogue: Catalogue) -> None:
    put(catalogue, make_report(year=2031), path="/reports/a.txt")
    changed = make_report(year=2032)
    put(catalogue, changed, path="/reports/a.txt")
    assert [summary.report_id for summary in catalogue.reports()] == [changed.report_id]


def test_same_bytes_under_two_paths_are_one_report_until_both_are_gone(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report, path="/reports/a.txt")
    catalogue.add_file(FileRecord("/copies/b.txt", "b.txt", report.report_id, content_hash(report.text)))
    assert len(catalogue.reports()) == 1
    assert catalogue.drop_files(["/reports/a.txt"]) == []
    (summary,) = catalogue.reports()
    assert (summary.path, summary.source) == ("/copies/b.txt", "b.txt")
    assert catalogue.drop_files(["/copies/b.txt"]) == [report.report_id]


def test_finds_vectors_again_after_their_report_is_gone(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    catalogue.remove([report.report_id])
    digest = text_hash(embedded_text(report.passages[0]))
    assert set(catalogue.cached_vectors(MODEL, [digest, text_hash("never seen")])) == {digest}
    assert catalogue.cached_vectors("another", [digest]) == {}


def test_refuses_vectors_of_another_model_and_names_the_mend(catalogue: Catalogue) -> None:
    put(catalogue, make_report())
    with pytest.raises(IndexMismatchError, match=r"dimension 16.*dimension 384.*report-qa reindex"):
        catalogue.require_model("larger", 384)
    other = make_report("白鹿市")
    with pytest.raises(IndexMismatchError):
        catalogue.add(other, np.ones((len(other.passages), 8), np.float32), file=file_of(other), model="other")
    assert len(catalogue.reports()) == 1


def test_another_model_is_welcome_while_nothing_is_stored(catalogue: Catalogue) -> None:
    report = make_report()
    put(catalogue, report)
    catalogue.remove([report.report_id])
    catalogue.require_model("larger", 384)


def test_a_report_that_fails_half_way_leaves_nothing(catalogue: Catalogue) -> None:
    report = make_report()
    with pytest.raises(ValueError, match="shorter"):
        catalogue.add(report, np.ones((1, 16), np.float32), file=file_of(report), model=MODEL)
    assert catalogue.reports() == ()
    assert catalogue.version == 0


def test_keeps_passages_in_the_order_asked_for(catalogue: Catalogue) -> None:
    report = make_report(paragraphs=20)
    put(catalogue, report)
    ids = [passage.passage_id for passage in reversed(report.passages)]
    assert list(catalogue.passages_by_id([*ids, "unknown:00000"])) == ids


def test_an_accepted_file_is_no_longer_refused(catalogue: Catalogue) -> None:
    catalogue.refuse("/reports/a.txt", "a.txt", "empty file")
    assert [refusal.reason for refusal in catalogue.refusals()] == ["empty file"]
    put(catalogue, make_report(), path="/reports/a.txt")
    assert catalogue.refusals() == ()


def test_readers_in_other_threads_see_whole_reports_while_one_writes(catalogue: Catalogue) -> None:
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for summary in catalogue.reports():
                if len(catalogue.passages(summary.report_id)) != summary.num_passages:
                    wrong.append(summary.report_id)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for year in range(2000, 2020):
        put(catalogue, make_report(year=year))
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(catalogue.reports()) == 20


def test_second_writer_is_told_who_holds_the_lock(
    catalogue: Catalogue, tmp_path: Path, database_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advisory_lock, "ALONE_SECONDS", 0.2)
    monkeypatch.setattr(advisory_lock, "SHARED_SECONDS", 0.2)
    rival = Catalogue.open(tmp_path, database_url)
    report = make_report()
    told: list[str] = []

    def write() -> None:
        for change in (catalogue.taking_in(), catalogue.writing()):
            try:
                with change:
                    catalogue.remove([report.report_id])
            except LockedError as error:
                told.append(str(error))

    with rival.writing():
        put(rival, report)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
    rival.close()
    assert len(told) == 2
    assert all(re.search(r"(process|report-qa) \d+", words) for words in told)
    assert len(catalogue.reports()) == 1


def test_reading_only_needs_a_catalogue_and_cannot_write(tmp_path: Path, database_url: str | None) -> None:
    with pytest.raises(StorageError, match=r"report-qa ingest|open it for writing"):
        Catalogue.open(tmp_path / "nowhere", database_url, read_only=True)
    writer = Catalogue.open(tmp_path, database_url)
    report = make_report()
    put(writer, report)
    reader = Catalogue.open(tmp_path, database_url, read_only=True)
    assert reader.text(report.report_id) == report.text
    with pytest.raises(StorageError, match="reading only"):
        reader.remove([report.report_id])
    reader.close()
    writer.close()


def test_finds_terms_and_sorts_by_code_point_whatever_the_database(catalogue: Catalogue) -> None:
    for source in ("b.txt", "Ä.txt", "B.txt", "青.txt", "a.txt"):
        put(catalogue, make_report(source=source, year=2000 + ord(source[0])))
    assert [each.source for each in catalogue.reports()] == ["B.txt", "a.txt", "b.txt", "Ä.txt", "青.txt"]
    report = catalogue.report(catalogue.reports()[0].report_id)
    assert catalogue.holding("粮食产量")[report.report_id] == report.text.index("粮食产量")
    assert set(catalogue.holding("万吨，比 上年").values()) == {-1}
    assert catalogue.holding("海运") == {}
    assert {each.indicator for each in catalogue.figures_of(["粮食产量", "其他"])} == {"粮食产量"}


def test_a_damaged_file_is_named_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite3").write_bytes(b"no database at all" * 300)
    with pytest.raises(StorageError, match="report-qa restore"):
        Catalogue.open(tmp_path)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "catalogue.sqlite3")
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StorageError, match="version 9"):
        Catalogue.open(tmp_path)
