from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import BadInputError, IndexMismatchError, LockedError
from rag.ingesting.candidates import find_files, make_candidate
from rag.storing import embedded_text, text_hash
from rag.storing.lock import FileLock
from rag.types import IngestProgress
from tests.rag.invented import LetterEmbedder, body
from tests.rag.workshop import Workshop


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    (made / "older").mkdir(parents=True)
    (made / "a.txt").write_text(body("青岚县", 2031))
    (made / "b.txt").write_text(body("白鹿市", 2031))
    (made / "older" / "c.txt").write_text(body("石桥区", 2029))
    return made


def names(paths: tuple[str, ...]) -> list[str]:
    return [Path(path).name for path in paths]


def test_takes_in_all_files_of_a_folder_and_below(workshop: Workshop, folder: Path) -> None:
    summary = workshop.ingester.ingest([folder])
    assert names(summary.new) == ["a.txt", "b.txt", "c.txt"]
    assert [report.source for report in workshop.catalogue.reports()] == ["a.txt", "b.txt", "c.txt"]
    assert workshop.lexical.search("石桥区", 1)
    assert workshop.vectors.status == "ready"


def test_the_same_again_reads_and_embeds_nothing(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    embedded, version = workshop.embedder.texts_embedded, workshop.catalogue.version
    workshop.parser.read_paths.clear()
    summary = workshop.ingester.ingest([folder])
    assert names(summary.unchanged) == ["a.txt", "b.txt", "c.txt"]
    assert (summary.new, summary.changed) == ((), ())
    assert workshop.parser.read_paths == []
    assert workshop.embedder.texts_embedded == embedded
    assert workshop.catalogue.version == version


def test_a_changed_file_replaces_its_report_and_embeds_only_new_texts(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    embedded = workshop.embedder.texts_embedded
    before = (folder / "a.txt").read_text()
    (folder / "a.txt").write_text(before + "末段新增一句，说明旱情已经解除，库区蓄水恢复正常。\n")
    summary = workshop.ingester.ingest([folder])
    assert names(summary.changed) == ["a.txt"]
    assert len(workshop.catalogue.reports()) == 3
    assert workshop.embedder.texts_embedded - embedded <= 2


def test_another_recipe_reads_again_without_embedding(tmp_path: Path, folder: Path) -> None:
    first = Workshop(tmp_path / "data")
    first.ingester.ingest([folder])
    first.close()
    second = Workshop(tmp_path / "data", recipe="second recipe")
    assert names(second.ingester.ingest([folder]).changed) == ["a.txt", "b.txt", "c.txt"]
    assert second.embedder.texts_embedded == 0
    second.close()


def test_a_refused_file_is_listed_with_its_reason_and_the_others_are_in(workshop: Workshop, folder: Path) -> None:
    (folder / "picture.bin").write_bytes(b"\xff\xfe\x00\x81")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "huge.txt").write_bytes(b"x" * 100_001)
    summary = workshop.ingester.ingest([folder])
    reasons = {refusal.source: refusal.reason for refusal in summary.refused}
    assert set(reasons) == {"picture.bin", "empty.txt", "huge.txt"}
    assert "empty" in reasons["empty.txt"]
    assert "REPORT_QA_MAX_FILE_BYTES" in reasons["huge.txt"]
    assert len(workshop.catalogue.reports()) == 3
    assert {refusal.source for refusal in workshop.catalogue.refusals()} == set(reasons)


def test_a_mended_file_is_taken_in_and_no_longer_refused(workshop: Workshop, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xff\xfe\x81")
    workshop.ingester.ingest([folder])
    (folder / "a.txt").write_text(body("青岚县", 2032))
    assert names(workshop.ingester.ingest([folder]).new) == ["a.txt"]
    assert workshop.catalogue.refusals() == ()


def test_a_file_spoilt_later_keeps_its_report_until_it_is_mended(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    good = (folder / "a.txt").read_bytes()
    (folder / "a.txt").write_bytes(b"\xff\xfe\x81")
    assert len(workshop.ingester.ingest([folder]).refused) == 1
    assert len(workshop.catalogue.reports()) == 3
    (folder / "a.txt").write_bytes(good)
    workshop.ingester.ingest([folder])
    assert workshop.catalogue.refusals() == ()
    assert len(workshop.catalogue.reports()) == 3


def test_removed_files_stay_unless_pruned_and_pruning_concerns_only_the_given_paths(
    workshop: Workshop, folder: Path
) -> None:
    workshop.ingester.ingest([folder])
    (folder / "a.txt").unlink()
    (folder / "older" / "c.txt").unlink()
    assert workshop.ingester.ingest([folder]).removed == ()
    assert len(workshop.ingester.ingest([folder / "older"], prune=True).removed) == 1
    assert [report.source for report in workshop.catalogue.reports()] == ["a.txt", "b.txt"]
    assert len(workshop.ingester.ingest([folder], prune=True).removed) == 1
    assert workshop.lexical.search("岚县", 5) == []


def test_pruning_does_not_take_a_folder_for_another_of_like_name(workshop: Workshop, folder: Path) -> None:
    other = folder.with_name("reports-2")
    other.mkdir()
    (other / "d.txt").write_text(body("柳溪县", 2030))
    workshop.ingester.ingest([folder, other])
    (other / "d.txt").unlink()
    assert workshop.ingester.ingest([folder], prune=True).removed == ()


def test_a_moved_file_keeps_its_report_without_reading_it(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    workshop.parser.read_paths.clear()
    (folder / "a.txt").rename(folder / "z.txt")
    summary = workshop.ingester.ingest([folder], prune=True)
    assert (names(summary.new), summary.removed) == (["z.txt"], ())
    assert workshop.parser.read_paths == []
    assert {report.source for report in workshop.catalogue.reports()} == {"b.txt", "c.txt", "z.txt"}


def test_same_bytes_under_two_names_are_one_report(workshop: Workshop, folder: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "a.txt").read_bytes())
    summary = workshop.ingester.ingest([folder])
    assert names(summary.new) == ["a.txt", "b.txt", "copy.txt", "c.txt"]
    assert len(workshop.catalogue.reports()) == 3
    assert len(workshop.ingester.ingest([folder]).unchanged) == 4


def test_same_unreadable_bytes_under_two_names_are_refused_twice(workshop: Workshop, folder: Path) -> None:
    for name in ("x.bin", "y.bin"):
        (folder / name).write_bytes(b"\xff\xfe\x81")
    assert [refusal.source for refusal in workshop.ingester.ingest([folder]).refused] == ["x.bin", "y.bin"]


def test_a_sidecar_belongs_to_its_file_and_changing_it_reads_the_file_again(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    (folder / "a.txt.meta.toml").write_text("另一个标题")
    assert names(workshop.ingester.ingest([folder]).changed) == ["a.txt"]
    titles = {report.profile.title for report in workshop.catalogue.reports()}
    assert "另一个标题" in titles
    assert len(workshop.ingester.ingest([folder]).unchanged) == 3


def test_progress_reaches_the_end_and_names_files(workshop: Workshop, folder: Path) -> None:
    seen: list[IngestProgress] = []
    summary = workshop.ingester.ingest([folder], on_progress=seen.append)
    assert (seen[-1].files_done, seen[-1].files_total) == (3, 3)
    assert seen[-1].seconds_left == pytest.approx(0)
    assert seen[-1].passages_per_second > 0
    assert {Path(each.file).name for each in seen} >= {"a.txt", "b.txt", "c.txt"}
    assert summary.num_passages == sum(report.num_passages for report in workshop.catalogue.reports())


def test_many_files_are_embedded_together_and_all_committed(workshop: Workshop, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for year in range(1900, 1960):
        (many / f"{year}.txt").write_text(body("柳溪县", year, paragraphs=8))
    summary = workshop.ingester.ingest([many])
    assert len(summary.new) == 60
    assert len(workshop.catalogue.reports()) == 60
    for report in workshop.catalogue.reports():
        matrix = workshop.catalogue.vectors(report.report_id)
        texts = [embedded_text(passage) for passage in workshop.catalogue.passages(report.report_id)]
        assert (matrix == workshop.embedder.embed(texts)).all()


def test_keeps_the_vectors_of_the_first_model_and_names_the_mend(tmp_path: Path, folder: Path) -> None:
    first = Workshop(tmp_path / "data")
    first.ingester.ingest([folder])
    first.close()
    other = Workshop(tmp_path / "data", embedder=LetterEmbedder(name="letters-8", dimension=8))
    with pytest.raises(IndexMismatchError, match="report-qa reindex"):
        other.ingester.ingest([folder])
    other.close()


def test_a_second_ingest_is_told_who_is_writing(workshop: Workshop, folder: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / "data" / "writer.lock").hold(), pytest.raises(LockedError, match=str(os.getpid())):
        workshop.ingester.ingest([folder])


def test_a_path_that_is_not_there_is_named(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="nowhere"):
        workshop.ingester.ingest([tmp_path / "nowhere"], prune=True)


def test_the_data_directory_hidden_files_and_sidecars_are_no_reports(folder: Path) -> None:
    (folder / "data").mkdir()
    for name in ("data/catalogue.sqlite3", ".hidden.txt", "a.txt.meta.toml"):
        (folder / name).write_text("x")
    assert names(tuple(map(str, find_files([folder], leave_out=folder / "data")))) == ["a.txt", "b.txt", "c.txt"]


def test_overlapping_paths_give_each_file_once(folder: Path) -> None:
    assert len(find_files([folder, folder / "older", folder / "a.txt"])) == 3


def test_a_name_that_is_no_utf8_is_taken_in(workshop: Workshop, folder: Path) -> None:
    path = os.fsencode(folder) + b"/\xb1\xa8\xb8\xe6.txt"
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 (a path of bytes)
        file.write(body("柳溪县", 2030))
    assert len(workshop.ingester.ingest([folder]).new) == 4
    assert len(workshop.ingester.ingest([folder]).unchanged) == 4


def test_an_upload_is_a_report_whatever_its_name_says(workshop: Workshop, tmp_path: Path) -> None:
    content = body("柳溪县", 2030).encode()
    summary = workshop.ingester.ingest_upload(make_candidate("upload:1/../../etc", "../../etc", content))
    assert len(summary.new) == 1
    assert workshop.catalogue.reports()[0].report_id == text_id(content)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data"]


def text_id(content: bytes) -> str:
    return text_hash(content.decode()).hex()[:16]


def test_near_duplicates_are_linked_to_the_longest_in_whatever_order_they_come(
    workshop: Workshop, folder: Path
) -> None:
    text = body("柳溪县", 2030, paragraphs=30)
    (folder / "k.txt").write_text(text.replace("，", ","))
    workshop.ingester.ingest([folder])
    (folder / "l.txt").write_text("这是转载自别处的一篇报告：" + text)
    (folder / "m.txt").write_text("再转：" + text.replace("\n", " "))
    workshop.ingester.ingest([folder])
    by_source = {report.source: report for report in workshop.catalogue.reports()}
    original = by_source["l.txt"].report_id
    assert by_source["l.txt"].near_duplicate_of is None
    assert by_source["k.txt"].near_duplicate_of == by_source["m.txt"].near_duplicate_of == original
    assert by_source["a.txt"].near_duplicate_of is None
    (folder / "l.txt").unlink()
    workshop.ingester.ingest([folder], prune=True)
    left = {report.source: report for report in workshop.catalogue.reports()}
    assert left["m.txt"].near_duplicate_of is None
    assert left["k.txt"].near_duplicate_of == left["m.txt"].report_id


def test_no_report_is_linked_to_an_earlier_version_of_a_file(workshop: Workshop, folder: Path) -> None:
    workshop.ingester.ingest([folder])
    (folder / "a.txt").write_text((folder / "a.txt").read_text() + "末尾另加一句话。\n")
    workshop.ingester.ingest([folder])
    reports = workshop.catalogue.reports()
    assert {report.near_duplicate_of for report in reports} <= {None, *(report.report_id for report in reports)}
