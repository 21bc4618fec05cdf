from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from rag.errors import BadInputError, NotFoundError, StorageAwayError
from rag.ingesting.uploads import JobQueue, clean_name
from rag.storing import job_table, upload_table
from rag.storing.job_table import JobTable, OpenJob
from rag.storing.upload_table import UploadTable
from rag.types import Job
from tests.postgres_server import PostgresServer
from tests.rag.invented import body
from tests.rag.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path, database_url: str | None) -> Iterator[Workshop]:
    made = Workshop(tmp_path / "data", database_url)
    yield made
    made.close()


@pytest.fixture
def jobs(workshop: Workshop) -> Iterator[JobQueue]:
    queue = make_queue(workshop)
    queue.start()
    yield queue
    queue.close()


def make_queue(workshop: Workshop) -> JobQueue:
    database = workshop.catalogue.database
    return JobQueue(JobTable(database), UploadTable(database), workshop.ingester)


def started_and_closed(workshop: Workshop) -> None:
    queue = make_queue(workshop)
    queue.start()
    queue.close()


def stored(workshop: Workshop) -> list[str]:
    with workshop.catalogue.database.read() as connection:
        return [str(each) for each in connection.exec_driver_sql("SELECT content_hash FROM uploads").scalars()]


def wait_for(jobs: JobQueue, job_id: str) -> Job:
    deadline = time.monotonic() + 30
    while (job := jobs.job(job_id)).status in {"queued", "running"}:
        assert time.monotonic() < deadline, job
        time.sleep(0.01)
    return job


def test_an_upload_becomes_a_report(workshop: Workshop, jobs: JobQueue) -> None:
    job = wait_for(jobs, jobs.submit("柳溪县.txt", body("柳溪县", 2030).encode()))
    assert (job.status, job.progress) == ("done", 1.0)
    assert job.report_id is not None
    assert workshop.catalogue.report(job.report_id).source == "柳溪县.txt"


def test_an_upload_that_cannot_be_read_says_why(workshop: Workshop, jobs: JobQueue) -> None:
    job = wait_for(jobs, jobs.submit("picture.bin", b"\xff\xfe\x81"))
    assert (job.status, job.report_id) == ("refused", None)
    assert "picture.bin" in job.reason
    assert workshop.catalogue.reports() == ()


def test_uploading_the_same_bytes_again_is_the_same_report(workshop: Workshop, jobs: JobQueue) -> None:
    content = body("柳溪县", 2030).encode()
    first = wait_for(jobs, jobs.submit("a.txt", content))
    second = wait_for(jobs, jobs.submit("b.txt", content))
    assert first.report_id == second.report_id
    assert len(workshop.catalogue.reports()) == 1


def test_a_second_upload_of_one_name_does_not_replace_the_first(workshop: Workshop, jobs: JobQueue) -> None:
    for year in (2030, 2031):
        wait_for(jobs, jobs.submit("report.txt", body("柳溪县", year).encode()))
    assert len(workshop.catalogue.reports()) == 2


@pytest.mark.parametrize("name", ["../../../etc/passwd", "..\\..\\evil.txt", "/abs/olute.txt", "a\x00b.txt", "..", ""])
def test_names_are_data_and_never_paths(workshop: Workshop, jobs: JobQueue, name: str, tmp_path: Path) -> None:
    job = wait_for(jobs, jobs.submit(name, body("柳溪县", 2030).encode()))
    assert job.status == "done"
    (digest,) = stored(workshop)
    assert digest.startswith(str(job.report_id))
    assert [each.name for each in tmp_path.iterdir()] == ["data"]
    assert "/" not in clean_name(name)


def test_an_unknown_job_is_named(jobs: JobQueue) -> None:
    with pytest.raises(NotFoundError, match="abc"):
        jobs.job("abc")


def test_an_upload_waits_while_another_process_writes(workshop: Workshop, jobs: JobQueue) -> None:
    with workshop.catalogue.writing():
        job_id = jobs.submit("柳溪县.txt", body("柳溪县", 2030).encode())
        time.sleep(0.2)
        assert jobs.job(job_id).status in {"queued", "running"}
    assert wait_for(jobs, job_id).status == "done"


def test_uploads_left_waiting_are_taken_in_at_the_next_start(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = make_queue(workshop)
    ids = [stopped.submit(f"{year}.txt", body("柳溪县", year).encode()) for year in (2030, 2031)]
    monkeypatch.setattr(job_table, "LEASE_SECONDS", 1)
    assert JobTable(workshop.catalogue.database).claim("a worker that died") == OpenJob(
        ids[0], "2030.txt", sha256(body("柳溪县", 2030).encode()).hexdigest()
    )
    started = make_queue(workshop)
    started.start()
    assert {wait_for(started, job_id).status for job_id in ids} == {"done"}
    started.close()
    assert len(workshop.catalogue.reports()) == 2


def test_bytes_of_removed_uploads_go_at_the_next_start(
    workshop: Workshop, jobs: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [jobs.submit(f"{year}.txt", body("柳溪县", year).encode()) for year in (2030, 2031)]
    first, second = [str(wait_for(jobs, job_id).report_id) for job_id in ids]
    workshop.catalogue.remove([first])
    started_and_closed(workshop)
    assert len(stored(workshop)) == 2, "another process may be about to queue what was stored a moment ago"
    monkeypatch.setattr(upload_table, "SPARED_SECONDS", -1)
    started_and_closed(workshop)
    assert [each[:16] for each in stored(workshop)] == [second]


def test_the_same_file_under_the_same_key_is_queued_once(workshop: Workshop, jobs: JobQueue) -> None:
    content = body("柳溪县", 2030).encode()
    first = jobs.submit("a.txt", content, upload_key="k")
    assert jobs.submit("a.txt", content, upload_key="k") == first
    assert jobs.submit("a.txt", content, upload_key="other") != first
    assert jobs.submit("a.txt", content) != first
    wait_for(jobs, first)
    assert make_queue(workshop).submit("a.txt", content, upload_key="k") == first


@pytest.mark.parametrize(("name", "year"), [("b.txt", 2030), ("a.txt", 2031)])
def test_another_file_under_the_same_key_is_refused(jobs: JobQueue, name: str, year: int) -> None:
    jobs.submit("a.txt", body("柳溪县", 2030).encode(), upload_key="k")
    with pytest.raises(BadInputError, match="Idempotency-Key"):
        jobs.submit(name, body("柳溪县", year).encode(), upload_key="k")


def test_the_same_file_under_the_same_key_at_the_same_time_is_queued_once(workshop: Workshop) -> None:
    queue, content = make_queue(workshop), body("柳溪县", 2030).encode()
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: queue.submit("a.txt", content, upload_key="k"), range(24)))
    assert len(ids) == 1


def test_a_key_is_forgotten_with_its_job(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_table, "KEPT_JOBS", 1)
    table = JobTable(workshop.catalogue.database)
    for number in range(3):
        job_id = table.add(OpenJob(str(number), "a.txt", str(number)), f"key {number}")
        table.claim("a worker")
        table.update(Job(job_id, "done"), "a worker")
    assert table.add(OpenJob("new", "b.txt", "another"), "key 0") == "new"


def test_a_job_is_given_to_one_worker_until_it_falls_silent(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, queue = JobTable(workshop.catalogue.database), make_queue(workshop)
    ids = [queue.submit(f"{year}.txt", body("柳溪县", year).encode()) for year in range(2030, 2042)]
    with ThreadPoolExecutor(6) as pool:
        given = list(pool.map(lambda number: table.claim(f"worker {number}"), range(14)))
    assert sorted(job.job_id for job in given if job is not None) == sorted(ids)
    assert table.claim("late") is None
    again = table.claim("worker 3")
    assert again == given[3], "what a worker left behind itself it is given back at once"
    monkeypatch.setattr(job_table, "LEASE_SECONDS", -1)
    assert table.claim("late") == given[[job.job_id if job else "" for job in given].index(ids[0])]
    table.update(Job(ids[0], "refused", 1.0, reason="too late"), "worker 0")
    assert table.get(ids[0]).reason == ""
    table.update(Job(ids[0], "done", 1.0, "abc"), "late")
    assert table.get(ids[0]) == Job(ids[0], "done", 1.0, "abc")


def test_a_server_that_leaves_uploads_to_workers_only_queues_them(workshop: Workshop) -> None:
    database = workshop.catalogue.database
    server = JobQueue(JobTable(database), UploadTable(database), None)
    server.start()
    job_id = server.submit("a.txt", body("柳溪县", 2030).encode())
    time.sleep(0.2)
    assert server.job(job_id).status == "queued"
    worker = make_queue(workshop)
    worker.start()
    assert wait_for(server, job_id).status == "done"
    worker.close()
    server.close()


def test_a_bug_with_one_upload_stops_no_other(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    read = workshop.parser.read

    def fail_once(*given: Any) -> Any:
        monkeypatch.setattr(workshop.parser, "read", read)
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr(workshop.parser, "read", fail_once)
    queue = make_queue(workshop)
    queue.start()
    failed, fine = [queue.submit(f"{year}.txt", body("柳溪县", year).encode()) for year in (2030, 2031)]
    job = wait_for(queue, failed)
    assert (job.status, "secret" in job.reason) == ("refused", False)
    assert wait_for(queue, fine).status == "done"
    queue.close()


def test_uploads_wait_while_the_database_is_away(postgres_of_its_own: PostgresServer, tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "data", postgres_of_its_own.make_database())
    queue = make_queue(workshop)
    queue.start()
    wait_for(queue, queue.submit("a.txt", body("柳溪县", 2030).encode()))
    postgres_of_its_own.stop()
    with pytest.raises(StorageAwayError):
        queue.submit("b.txt", body("柳溪县", 2031).encode())
    time.sleep(1.5)
    postgres_of_its_own.start()
    assert wait_for(queue, queue.submit("b.txt", body("柳溪县", 2031).encode())).status == "done"
    queue.close()
    workshop.close()
