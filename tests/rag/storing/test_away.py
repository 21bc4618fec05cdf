"""A PostgreSQL server that goes away and comes back, for real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import LockedError, StorageAwayError, StorageError
from rag.storing import Catalogue
from tests.postgres_server import PostgresServer
from tests.rag.invented import make_report, put


def test_a_server_that_comes_back_is_used_again_and_nothing_is_lost(
    postgres_of_its_own: PostgresServer, tmp_path: Path
) -> None:
    server = postgres_of_its_own
    catalogue = Catalogue.open(tmp_path, server.make_database())
    report = make_report()
    put(catalogue, report)
    server.stop()
    for attempt in (
        catalogue.state,
        lambda: put(catalogue, make_report("白鹿市")),
        lambda: catalogue.writing().__enter__(),
    ):
        with pytest.raises(StorageAwayError, match="cannot be reached"):
            attempt()
    with pytest.raises(StorageAwayError):
        Catalogue.open(tmp_path, catalogue.database.store.name)
    server.start()
    assert catalogue.report(report.report_id) == report
    put(catalogue, make_report("白鹿市"))
    assert len(catalogue.reports()) == 2
    catalogue.close()


def refuse_while_it_stops(catalogue: Catalogue, server: PostgresServer) -> None:
    with catalogue.writing(), catalogue.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO refusals VALUES ('a', 'a', 'a', 'a')")
        server.stop()
        connection.exec_driver_sql("INSERT INTO refusals VALUES ('b', 'b', 'b', 'b')")


def test_a_server_that_goes_away_within_a_change_undoes_it(postgres_of_its_own: PostgresServer, tmp_path: Path) -> None:
    server = postgres_of_its_own
    catalogue = Catalogue.open(tmp_path, server.make_database())
    with pytest.raises(StorageAwayError):
        refuse_while_it_stops(catalogue, server)
    server.start()
    assert catalogue.refusals() == ()
    with catalogue.writing():
        put(catalogue, make_report())
    catalogue.close()


def test_a_password_is_never_told(tmp_path: Path) -> None:
    with pytest.raises(StorageAwayError) as told:
        Catalogue.open(tmp_path, "postgresql+psycopg://somebody:secret@127.0.0.1:1/reports")
    assert "secret" not in str(told.value)


def test_a_writer_that_waits_too_long_for_its_turn_is_told_who_writes(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.storing.advisory_lock.TURN_SECONDS", 0.2)
    url = postgres.make_database()
    catalogue, rival = Catalogue.open(tmp_path, url), Catalogue.open(tmp_path, url)
    with rival.database.write(), pytest.raises(LockedError, match=rf"report-qa {os.getpid()}@"):
        put(catalogue, make_report())
    put(catalogue, make_report())
    rival.close()
    catalogue.close()


def fill(catalogue: Catalogue) -> None:
    for year in range(2100, 2300):
        put(catalogue, make_report(year=year, paragraphs=60))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount the small file system this needs")
def test_a_full_disk_of_the_server_is_named_and_what_was_in_stays(
    postgres_of_its_own: PostgresServer, tmp_path: Path
) -> None:
    server = postgres_of_its_own
    catalogue = Catalogue.open(tmp_path, server.make_small_database(megabytes=12))
    with pytest.raises(StorageError, match="free some disk space"):
        fill(catalogue)
    inside = catalogue.reports()
    assert inside
    assert all(len(catalogue.passages(each.report_id)) == each.num_passages for each in inside)
    catalogue.close()
