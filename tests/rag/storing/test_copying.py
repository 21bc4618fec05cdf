from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from rag.errors import BadInputError, StorageError
from rag.storing import Catalogue, copying
from rag.storing.copying import migrate
from rag.storing.job_table import JobTable, OpenJob
from rag.storing.key_table import KeyTable
from tests.postgres_server import PostgresServer
from tests.rag.invented import make_report, put


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.make_database()


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(tmp_path)
    for place in ("青岚县", "白鹿市", "柳溪县"):
        put(catalogue, make_report(place))
    catalogue.refuse("/reports/b.txt", "b.txt", "empty file")
    JobTable(catalogue.database).add(OpenJob("a job", "a.txt", "00"), "a key")
    KeyTable(catalogue.database).add("dashboard", "ask")
    yield catalogue
    catalogue.close()


def contents(catalogue: Catalogue) -> list[object]:
    ids = [each.report_id for each in catalogue.reports()]
    jobs, keys = JobTable(catalogue.database), KeyTable(catalogue.database)
    return [
        [(catalogue.report(each), catalogue.vectors(each).tobytes()) for each in ids],
        [catalogue.files(), catalogue.refusals(), catalogue.model, catalogue.links_are_current()],
        [jobs.get("a job"), keys.all(), jobs.add(OpenJob("another", "a.txt", "00"), "a key")],
    ]


def test_everything_arrives_and_can_be_added_to(source: Catalogue, tmp_path: Path, url: str) -> None:
    counts = migrate(tmp_path, url)
    assert (counts["reports"], counts["refusals"], counts["jobs"], counts["access_keys"]) == (3, 1, 1, 1)
    moved = Catalogue.open(tmp_path, url)
    assert contents(moved) == contents(source)
    put(moved, make_report("石桥区"))
    JobTable(moved.database).add(OpenJob("a second job", "c.txt", "01"))
    assert (len(moved.reports()), len(source.reports())) == (4, 3)
    moved.close()


def test_an_index_takes_the_copy_for_another_catalogue(source: Catalogue, tmp_path: Path, url: str) -> None:
    migrate(tmp_path, url)
    moved = Catalogue.open(tmp_path, url)
    assert moved.state()[0] != source.state()[0]
    assert moved.version > source.version
    moved.close()


def test_a_database_that_holds_something_is_left_alone(source: Catalogue, tmp_path: Path, url: str) -> None:
    migrate(tmp_path, url)
    with pytest.raises(BadInputError, match=r"not empty \(\d"):
        migrate(tmp_path, url)


def test_a_copy_that_is_cut_off_leaves_nothing_and_can_be_made_again(
    source: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_of_its_own: PostgresServer
) -> None:
    postgres = postgres_of_its_own
    url = postgres.make_database()
    whole = copying._copy

    def cut_off(table: object, old: Connection, new: Connection) -> int:
        if getattr(table, "name", "") == "passages":
            postgres.stop()
            postgres.start()
        return whole(table, old, new)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(copying, "_copy", cut_off)
        with pytest.raises(StorageError):
            migrate(tmp_path, url)
    assert migrate(tmp_path, url)["reports"] == 3


def test_rows_that_arrive_otherwise_are_noticed(source: Catalogue, tmp_path: Path, url: str) -> None:
    moved = Catalogue.open(tmp_path, url)
    with moved.database.note() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION spoil() RETURNS trigger AS 'BEGIN NEW.text = ''x''; RETURN NEW; END' LANGUAGE plpgsql"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER spoil BEFORE INSERT ON reports FOR EACH ROW EXECUTE FUNCTION spoil()"
        )
    with pytest.raises(StorageError, match="reports did not arrive"):
        migrate(tmp_path, url)
    assert moved.reports() == ()
    moved.close()


def test_a_folder_without_a_catalogue_is_named(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadInputError, match="REPORT_QA_DATA_DIR"):
        migrate(tmp_path / "nowhere", url)
