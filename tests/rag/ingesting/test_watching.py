from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.ingesting import watching
from rag.storing.lock import FileLock
from rag.types import IngestSummary
from tests.postgres_server import PostgresServer
from tests.rag.invented import body
from tests.rag.workshop import Workshop

WAIT_SECONDS = 60
REST_MS = 250  # shorter than the watcher's own second, which one test keeps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "reports"
    made.mkdir()
    (made / "a.txt").write_text(body("青岚县", 2031), "utf-8")
    return made


class Watcher:
    """A folder that is watched in a thread over a workshop whose data lie in that very folder."""

    def __init__(self, folder: Path, *, prune: bool = False, url: str | None = None) -> None:
        self.summaries: list[IngestSummary] = []
        self.told = threading.Semaphore(0)
        self.data_dir = folder / "data"
        self._url = url
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(folder, prune))
        self._ready = threading.Event()
        self._thread.start()
        assert self._ready.wait(WAIT_SECONDS)

    def _run(self, folder: Path, prune: bool) -> None:
        workshop = Workshop(self.data_dir, self._url)
        self._ready.set()
        try:
            watching.watch(
                workshop.ingester.ingest, [folder], leave_out=self.data_dir, on_summary=self._note, prune=prune
            )
        except KeyboardInterrupt:
            self.sources = [each.source for each in workshop.catalogue.reports()]
        finally:
            workshop.close()

    def _note(self, summary: IngestSummary) -> None:
        self.summaries.append(summary)
        self.told.release()
        if self._ending.is_set():
            raise KeyboardInterrupt

    def next(self) -> IngestSummary:
        assert self.told.acquire(timeout=WAIT_SECONDS)
        return self.summaries[-1]

    def end(self, last_change: Callable[[], object]) -> list[str]:
        """Interrupt it at the next change, and return the sources that are in."""
        self._ending.set()
        last_change()
        self._thread.join(WAIT_SECONDS)
        assert not self._thread.is_alive()
        return self.sources


@pytest.fixture
def watcher(folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    options = {"prune": False, "rest_ms": REST_MS} | getattr(request, "param", {})
    monkeypatch.setattr(watching, "REST_MS", options["rest_ms"])
    watcher = Watcher(folder, prune=options["prune"])
    yield watcher
    if watcher._thread.is_alive():
        watcher.end(lambda: (folder / "last.txt").write_text(body("末县", 2031), "utf-8"))


def name(paths: tuple[str, ...]) -> list[str]:
    return [Path(path).name for path in paths]


def test_new_and_changed_files_are_taken_in_and_only_they_are_looked_at(watcher: Watcher, folder: Path):
    assert name(watcher.next().new) == ["a.txt"]
    (folder / "deep").mkdir()
    (folder / "deep" / "b.txt").write_text(body("白鹿市", 2031), "utf-8")
    second = watcher.next()
    assert (name(second.new), second.unchanged) == (["b.txt"], ())
    (folder / "a.txt").write_text(body("青岚县", 2032), "utf-8")
    third = watcher.next()
    assert (name(third.changed), third.unchanged) == (["a.txt"], ())


def test_a_file_that_cannot_be_read_is_refused_and_taken_once_it_can(watcher: Watcher, folder: Path):
    watcher.next()
    (folder / "b.txt").write_bytes(b"")
    assert "the file is empty" in watcher.next().refused[0].reason
    (folder / "b.txt").write_text(body("白鹿市", 2031), "utf-8")
    assert name(watcher.next().new) == ["b.txt"]


@pytest.mark.parametrize("watcher", [{"prune": True}], indirect=True)
def test_with_prune_what_is_removed_is_dropped(watcher: Watcher, folder: Path):
    watcher.next()
    (folder / "b.txt").write_text(body("白鹿市", 2031), "utf-8")
    assert name(watcher.next().new) == ["b.txt"]
    assert watcher.end((folder / "a.txt").unlink) == ["b.txt"]
    assert len(watcher.summaries[-1].removed) == 1


def test_without_prune_what_is_removed_stays(watcher: Watcher, folder: Path):
    watcher.next()
    (folder / "a.txt").unlink()
    assert watcher.end(lambda: (folder / "b.txt").write_text(body("白鹿市", 2031), "utf-8")) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("watcher", [{"rest_ms": watching.REST_MS}], indirect=True)
def test_many_changes_in_a_moment_are_one_ingest(watcher: Watcher, folder: Path):
    watcher.next()
    for number in range(30):
        (folder / f"{number}.txt").write_text(body(f"第{number}县", 2031), "utf-8")
    assert len(watcher.next().new) == 30
    assert len(watcher.summaries) == 2


def test_changes_wait_while_another_process_writes_and_its_own_data_wake_it_not(watcher: Watcher, folder: Path):
    watcher.next()
    with FileLock(watcher.data_dir / "writer.lock").hold():
        (folder / "b.txt").write_text(body("白鹿市", 2031), "utf-8")
        assert not watcher.told.acquire(timeout=6 * REST_MS / 1_000)
    assert name(watcher.next().new) == ["b.txt"]
    assert not watcher.told.acquire(timeout=6 * REST_MS / 1_000)


def test_a_sidecar_that_comes_later_is_a_change_of_its_file(watcher: Watcher, folder: Path):
    watcher.next()
    (folder / "a.txt.meta.toml").write_text("题目", "utf-8")
    assert name(watcher.next().changed) == ["a.txt"]


def test_changes_wait_while_the_database_is_away(
    folder: Path, postgres_of_its_own: PostgresServer, caplog: pytest.LogCaptureFixture
):
    watcher = Watcher(folder, url=postgres_of_its_own.make_database())
    watcher.next()
    postgres_of_its_own.stop()
    (folder / "b.txt").write_text(body("白鹿市", 2031), "utf-8")
    assert not watcher.told.acquire(timeout=5)
    (told,) = [each.message for each in caplog.records if each.name == "rag.ingesting.watching"]
    assert "cannot be reached" in told
    assert told.endswith("; changes wait")
    postgres_of_its_own.start()
    assert name(watcher.next().new) == ["b.txt"]
    watcher.end(lambda: (folder / "c.txt").write_text(body("末县", 2031), "utf-8"))
