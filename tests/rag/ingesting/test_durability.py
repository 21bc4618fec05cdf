"""What crashes, full disks and other processes may not cost. Nothing here is simulated."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LockedError, StorageError
from rag.indexing.doctor import examine
from rag.storing import Catalogue
from rag.types import Report
from tests.postgres_server import PostgresServer
from tests.rag.ingest_child import IngestProcess
from tests.rag.invented import LetterEmbedder, body, make_report, put
from tests.rag.workshop import Workshop

ROOT = Path(__file__).parents[3]
QUESTIONS = ("粮食产量", "柳溪县2003年乡村道路", "第4号灌区", "学校改造21所")
KILLS = 10
MAX_ROUNDS = 25
MAX_SECONDS = 120
FILES_A_ROUND = 9


def write_round(folder: Path, number: int) -> None:
    """Add files, change one and remove one of an earlier round."""
    for index in range(FILES_A_ROUND):
        place, year = ("柳溪县", "白鹿市", "石桥区")[index % 3], 1990 + number * 5 + index // 3
        (folder / f"{number:02d}-{index:02d}.txt").write_text(body(place, year, paragraphs=10 + index))
    if number:
        (folder / f"{number - 1:02d}-00.txt").write_text(body("青岚县", 1990 + number, paragraphs=14))
        (folder / f"{number - 1:02d}-01.txt").unlink()


Contents = tuple[dict[str, tuple[Report, bytes]], list[list[tuple[str, float]]], dict[str, str]]


def contents(data_dir: Path, url: str | None) -> Contents:
    """Everything a service would answer from."""
    workshop = Workshop(data_dir, url)
    workshop.vectors.refresh()
    catalogue = workshop.catalogue
    assert [check for check in examine(catalogue, workshop.lexical, workshop.vectors) if not check.holds] == []
    reports = {
        summary.path: (catalogue.report(summary.report_id), catalogue.vectors(summary.report_id).tobytes())
        for summary in catalogue.reports()
    }
    found = [workshop.lexical.search(question, 20) for question in QUESTIONS]
    found += [workshop.vectors.search(LetterEmbedder().embed_query(question), 10) for question in QUESTIONS]
    rounded = [[(passage_id, round(score, 4)) for passage_id, score in hits] for hits in found]
    files = {path: file.content_hash for path, file in catalogue.files().items()}
    workshop.close()
    return reports, rounded, files


@pytest.mark.slow
def test_ten_kills_at_random_moments_lose_and_double_nothing(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    url, undisturbed = new_database(), new_database()
    folder = tmp_path / "reports"
    folder.mkdir()
    moments = random.Random(20310)
    write_round(folder, 0)
    began = time.monotonic()
    IngestProcess(tmp_path / "clock", folder, new_database()).finish(MAX_SECONDS)
    span, hits, number = 0.8 * (time.monotonic() - began), 0, 0
    while hits < KILLS and number < MAX_ROUNDS:
        write_round(folder, number)
        child = IngestProcess(tmp_path / "killed", folder, url)
        in_time = child.kill_after(moments.uniform(0.0, span))
        hits, number = hits + in_time, number + 1
        span *= 1.0 if in_time else 0.7  # the clock ran while the machine was busier
        Catalogue.open(tmp_path / "killed", url, read_only=True).close()
    IngestProcess(tmp_path / "killed", folder, url).finish(MAX_SECONDS)
    IngestProcess(tmp_path / "undisturbed", folder, undisturbed).finish(MAX_SECONDS)
    assert hits == KILLS, "the kills came too late to prove anything"
    reports, found, files = contents(tmp_path / "killed", url)
    expected_reports, expected_found, expected_files = contents(tmp_path / "undisturbed", undisturbed)
    assert files == expected_files
    assert len(files) == len(list(folder.iterdir()))
    assert reports == expected_reports
    assert found == expected_found


@pytest.mark.slow
def test_a_running_service_sees_what_another_process_ingested(tmp_path: Path, database_url: str | None) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    write_round(folder, 0)
    server = Workshop(tmp_path / "data", database_url)
    server.vectors.refresh()
    assert server.vectors.status == "ready"
    IngestProcess(tmp_path / "data", folder, database_url).finish(MAX_SECONDS)
    assert len(server.catalogue.reports()) == FILES_A_ROUND
    found = {passage_id.partition(":")[0] for passage_id, _ in server.lexical.search("粮食产量", 500)}
    assert found == {report.report_id for report in server.catalogue.reports()}
    assert len(server.vectors.search(LetterEmbedder().embed_query("粮食产量"), 20)) == 20
    deadline = time.monotonic() + 20
    while server.vectors.status != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert server.vectors.num_passages == server.lexical.num_passages
    server.close()


@pytest.mark.slow
def test_a_second_writer_of_a_file_is_told_which_process_writes(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(4):
        write_round(folder, number)
    child = IngestProcess(tmp_path / "data", folder, None)
    workshop = Workshop(tmp_path / "data")
    while not workshop.catalogue.reports():
        time.sleep(0.01)
    with pytest.raises(LockedError, match=f"process {child.pid} "):
        workshop.ingester.ingest([folder])
    child.finish(MAX_SECONDS)
    workshop.close()


@pytest.mark.slow
def test_two_processes_take_in_at_once_where_the_database_is_made_for_it(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    url, folders = postgres.make_database(), (tmp_path / "one", tmp_path / "two")
    for folder in folders:
        folder.mkdir()
        for index in range(FILES_A_ROUND):
            (folder / f"{index}.txt").write_text(body(f"柳溪{folder.name}县", 2000 + index, paragraphs=20))
        (folder / "copy.txt").write_text(body("白鹿市", 2030))
    for child in [IngestProcess(tmp_path / f"data {folder.name}", folder, url) for folder in folders]:
        child.finish(MAX_SECONDS)
    reports, _, files = contents(tmp_path / "data one", url)
    assert len(files) == 2 * FILES_A_ROUND + 2
    assert len({report.report_id for report, _ in reports.values()}) == 2 * FILES_A_ROUND + 1


def write_under_limit(data_dir: str, limit: int) -> int:
    """In a child: let no file grow beyond ``limit`` bytes, as on a full disk, and add reports until one fails."""
    catalogue = Catalogue.open(Path(data_dir))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        for year in range(2100, 2200):
            put(catalogue, make_report(year=year, paragraphs=60))
    except StorageError as error:
        sys.stdout.write(str(error))
        return 3
    return 0


def test_a_full_disk_is_named_and_what_was_in_stays_readable(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path)
    before = make_report("青岚县")
    put(catalogue, before)
    limit = (tmp_path / "catalogue.sqlite3").stat().st_size + 900_000
    imports = "from tests.rag.ingesting.test_durability import write_under_limit"
    code = f"{imports}; raise SystemExit(write_under_limit({str(tmp_path)!r}, {limit}))"
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stderr) == (3, "")
    assert "free some disk space" in child.stdout
    assert catalogue.report(before.report_id) == before
    for summary in catalogue.reports():
        assert len(catalogue.passages(summary.report_id)) == summary.num_passages
        assert np.isfinite(catalogue.vectors(summary.report_id)).all()
    after = make_report("白鹿市")
    put(catalogue, after)
    assert catalogue.report(after.report_id) == after
    catalogue.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount the small file system this needs")
def test_an_ingest_onto_a_full_file_system_can_be_finished_when_there_is_room(tmp_path: Path) -> None:
    data_dir, folder = tmp_path / "data", tmp_path / "reports"
    data_dir.mkdir()
    folder.mkdir()
    for number in range(8):
        write_round(folder, number)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2M", "tmpfs", str(data_dir)], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    workshop = Workshop(data_dir)
    try:
        with pytest.raises(StorageError, match="free some disk space"):
            workshop.ingester.ingest([folder])
        inside = workshop.catalogue.reports()
        assert all(len(workshop.catalogue.passages(each.report_id)) == each.num_passages for each in inside)
        subprocess.run(["mount", "-o", "remount,size=200M", str(data_dir)], check=True)
        workshop.ingester.ingest([folder])
        assert len(workshop.catalogue.reports()) == len(list(folder.iterdir()))
        assert [
            each for each in examine(workshop.catalogue, workshop.lexical, workshop.vectors) if not each.holds
        ] == []
    finally:
        workshop.close()
        subprocess.run(["umount", "--lazy", str(data_dir)], check=True)  # the index may still be mapped
