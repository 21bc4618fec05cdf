from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import BadInputError, LockedError, StorageError
from rag.storing import Catalogue, advisory_lock
from rag.storing.maintenance import backup, restore
from tests.postgres_server import PostgresServer
from tests.rag.invented import make_report, put
from tests.rag.workshop import Workshop, faulty


def test_a_backup_brings_back_what_was_removed(workshop: Workshop, tmp_path: Path) -> None:
    before = [workshop.catalogue.report(each.report_id) for each in workshop.catalogue.reports()]
    workshop.vectors.refresh()
    backup(workshop.catalogue, tmp_path / "saved")
    workshop.catalogue.remove([report.report_id for report in before])
    put(workshop.catalogue, make_report("柳溪县"))
    workshop.vectors.refresh()
    restore(workshop.catalogue, tmp_path / "saved")
    assert [workshop.catalogue.report(each.report_id) for each in workshop.catalogue.reports()] == before
    assert {each.partition(":")[0] for each, _ in workshop.lexical.search("柳溪县粮食产量", 99)} == {
        report.report_id for report in before
    }
    workshop.vectors.refresh()
    assert workshop.vectors.status == "ready"
    assert faulty(workshop) == set()


def test_a_backup_is_one_file(workshop: Workshop, tmp_path: Path) -> None:
    target = tmp_path / "out" / "saved"
    target.parent.mkdir()
    backup(workshop.catalogue, target)
    assert [each.name for each in target.parent.iterdir()] == ["saved"]


def test_backup_and_restore_do_not_disturb_readers(workshop: Workshop, tmp_path: Path) -> None:
    faults: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for summary in workshop.catalogue.reports():
                if len(workshop.catalogue.passages(summary.report_id)) != summary.num_passages:
                    faults.append(summary.report_id)

    reader = threading.Thread(target=read)
    reader.start()
    versions = [workshop.catalogue.version]
    for _ in range(5):
        backup(workshop.catalogue, tmp_path / "saved")
        restore(workshop.catalogue, tmp_path / "saved")
        versions.append(workshop.catalogue.version)
    done.set()
    reader.join()
    assert faults == []
    assert versions == sorted(set(versions))


def test_a_running_service_sees_what_another_process_restored(workshop: Workshop, tmp_path: Path) -> None:
    backup(workshop.catalogue, tmp_path / "saved")
    put(workshop.catalogue, make_report("柳溪县"))
    other = Workshop(workshop.data_dir, workshop.url)
    assert len(other.catalogue.reports()) == 3
    restore(workshop.catalogue, tmp_path / "saved")
    assert len(other.catalogue.reports()) == 2
    assert other.lexical.search("柳溪", 5) == []
    other.close()


@pytest.mark.parametrize("damage", ["cut off", "nonsense", "holes"])
def test_a_damaged_backup_is_refused_and_the_catalogue_stays(workshop: Workshop, tmp_path: Path, damage: str) -> None:
    saved = tmp_path / "saved"
    backup(workshop.catalogue, saved)
    content = saved.read_bytes()
    spoilt = {
        "cut off": content[: len(content) // 2],
        "nonsense": b"no backup",
        "holes": content[:8192] + b"\x5a" * 16384 + content[24576:],
    }
    saved.write_bytes(spoilt[damage])
    version = workshop.catalogue.version
    with pytest.raises(StorageError, match="saved"):
        restore(workshop.catalogue, saved)
    assert (len(workshop.catalogue.reports()), workshop.catalogue.version) == (2, version)
    assert not list(workshop.data_dir.glob("restore-*"))


def test_a_backup_that_is_not_there_is_named(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="nowhere"):
        restore(workshop.catalogue, tmp_path / "nowhere")


def test_nothing_is_restored_while_another_process_writes(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advisory_lock, "ALONE_SECONDS", 0.2)
    backup(workshop.catalogue, tmp_path / "saved")
    rival = Catalogue.open(workshop.data_dir, workshop.url)
    with ThreadPoolExecutor(1) as pool, rival.taking_in():
        restored = pool.submit(restore, workshop.catalogue, tmp_path / "saved")
        with pytest.raises(LockedError):
            restored.result()
    rival.close()


@pytest.mark.parametrize("moved_to", ["sqlite", "postgresql"])
def test_a_backup_is_put_back_into_either_database(
    workshop: Workshop, tmp_path: Path, moved_to: str, postgres: PostgresServer
) -> None:
    reports = {each.report_id: workshop.catalogue.report(each.report_id) for each in workshop.catalogue.reports()}
    vectors = {each: workshop.catalogue.vectors(each).tobytes() for each in reports}
    backup(workshop.catalogue, tmp_path / "saved")
    url = postgres.make_database() if moved_to == "postgresql" else None
    other = Workshop(tmp_path / "other", url)
    restore(other.catalogue, tmp_path / "saved")
    assert {each.report_id: other.catalogue.report(each.report_id) for each in other.catalogue.reports()} == reports
    assert {each: other.catalogue.vectors(each).tobytes() for each in reports} == vectors
    put(other.catalogue, make_report("柳溪县"))
    assert len(other.catalogue.reports()) == 3
    assert faulty(other) == set()
    other.close()


def test_a_backup_needs_a_folder_that_exists(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="saved"):
        backup(workshop.catalogue, tmp_path / "no folder" / "saved")
