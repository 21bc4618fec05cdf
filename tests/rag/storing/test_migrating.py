from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from rag.errors import ConfigurationError, StorageError
from rag.storing import Catalogue
from rag.storing.job_table import JobTable, OpenJob
from rag.storing.key_table import KeyTable
from rag.storing.migrating import REVISIONS
from rag.storing.schema import METADATA, REVISION
from tests.postgres_server import PostgresServer
from tests.rag.invented import make_report, put

BEFORE_STEPS = Path(__file__).with_name("before_steps.sql")


def old_file(data_dir: Path) -> None:
    """Make a catalogue's file as versions before there were steps did, with a report and an upload in it."""
    with sqlite3.connect(data_dir / "catalogue.sqlite3") as connection:
        connection.executescript(BEFORE_STEPS.read_text("utf-8"))
    connection.close()


def test_an_older_file_keeps_what_it_holds_and_takes_what_is_new(tmp_path: Path) -> None:
    old_file(tmp_path)
    catalogue = Catalogue.open(tmp_path)
    assert (catalogue.state(), catalogue.model) == (("5f3a", 7), ("letters-16", 16))
    assert [each.report_id for each in catalogue.reports()] == ["0123456789abcdef"]
    assert JobTable(catalogue.database).get("a job").status == "done"
    assert JobTable(catalogue.database).claim("a worker") is None
    put(catalogue, make_report())
    JobTable(catalogue.database).add(OpenJob("another", "a.txt", "00"), "a key")
    KeyTable(catalogue.database).add("dashboard", "ask")
    assert (catalogue.version, len(catalogue.reports())) == (8, 2)
    assert catalogue.faults() == []
    catalogue.close()


def test_an_older_file_is_left_alone_where_nothing_may_be_written(tmp_path: Path) -> None:
    old_file(tmp_path)
    with pytest.raises(StorageError, match="open it for writing"):
        Catalogue.open(tmp_path, read_only=True)


def test_the_steps_lead_to_the_tables_a_new_catalogue_gets(tmp_path: Path) -> None:
    old_file(tmp_path)
    catalogue = Catalogue.open(tmp_path)
    kept_apart = ("table", "column", "index", "constraint")
    assert [each for each in differences(catalogue) if str(each[0]).endswith(kept_apart)] == []
    catalogue.close()


def test_a_new_catalogue_has_the_tables_that_are_declared(tmp_path: Path, database_url: str | None) -> None:
    catalogue = Catalogue.open(tmp_path, database_url)
    assert differences(catalogue) == []
    catalogue.close()


def test_the_last_step_is_the_one_that_is_declared() -> None:
    config = Config()
    config.set_main_option("script_location", "rag.storing:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_catalogue_of_a_newer_version_is_refused(tmp_path: Path, database_url: str | None) -> None:
    catalogue = Catalogue.open(tmp_path, database_url)
    with catalogue.database.note() as connection:
        connection.exec_driver_sql(f"UPDATE {REVISIONS} SET version_num = '9999'")
    catalogue.close()
    with pytest.raises(StorageError, match=r"9999.*newer"):
        Catalogue.open(tmp_path, database_url)


def test_several_processes_may_begin_at_once(tmp_path: Path, database_url: str | None) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: Catalogue.open(tmp_path, database_url), range(6)))
    assert len({catalogue.state() for catalogue in opened}) == 1
    for catalogue in opened:
        catalogue.close()


def test_a_database_of_another_program_is_left_alone(tmp_path: Path, postgres: PostgresServer) -> None:
    url = postgres.make_database()
    catalogue = Catalogue.open(tmp_path, url)
    with catalogue.database.note() as connection:
        connection.exec_driver_sql(f"DROP TABLE {REVISIONS}")
    with pytest.raises(StorageError, match="another program"):
        Catalogue.open(tmp_path, url)
    catalogue.close()


def test_a_database_that_cannot_hold_every_character_is_refused(tmp_path: Path, postgres: PostgresServer) -> None:
    with pytest.raises(ConfigurationError, match=r"SQL_ASCII.*--encoding UTF8"):
        Catalogue.open(tmp_path, postgres.make_database(encoding="SQL_ASCII"))


@pytest.mark.parametrize("url", ["mysql://host/db", "nonsense", "postgresql+asyncpg://host/db", ""])
def test_an_address_that_is_none_is_refused_with_what_it_looks_like(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"postgresql\+psycopg://"):
        Catalogue.open(tmp_path, url)


def differences(catalogue: Catalogue) -> list[Any]:
    """Return what a database has otherwise than it is declared, but for what SQLite says of keys."""
    with catalogue.database.read() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"version_table": REVISIONS}), METADATA)
    return [each for each in found if not (isinstance(each, list) and each[0][0] == "modify_nullable")]
