"""Vectors on a Chroma server: shared, mended by one at a time, and away now and then."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import HttpUrl

from rag.config import Settings, load_settings
from rag.errors import ConfigurationError, StorageError
from rag.indexing.chroma import ChromaCollection
from rag.indexing.chroma_mirror import ChromaMirror
from rag.indexing.chroma_server import ServerMirror
from rag.indexing.vectors import VectorIndex
from rag.storing import Catalogue
from rag.storing.lock import ProcessLock
from rag.storing.maintenance import backup, restore
from tests.rag.chroma_process import ChromaProcess
from tests.rag.invented import ask, make_report, put, wait_until

Hits = list[tuple[str, float]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    process = ChromaProcess(tmp_path_factory.mktemp("chroma"))
    process.start()
    yield process
    process.stop()


@pytest.fixture
def open_index(tmp_path: Path, catalogue: Catalogue, server: ChromaProcess) -> Iterator[Callable[[], VectorIndex]]:
    """Open an index on the server, as another process would."""
    opened: list[VectorIndex] = []

    def open_one() -> VectorIndex:
        opened.append(VectorIndex(catalogue, ServerMirror(server.url, catalogue)))
        opened[-1].refresh()
        return opened[-1]

    yield open_one
    for index in opened:
        index.close()


def reports_of(hits: Hits) -> set[str]:
    return {passage_id.partition(":")[0] for passage_id, _ in hits}


def num_passages(catalogue: Catalogue) -> int:
    return sum(summary.num_passages for summary in catalogue.reports())


def test_the_server_answers_what_files_of_our_own_answer(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    own = VectorIndex(catalogue, ChromaMirror(tmp_path / "vectors", catalogue))
    own.refresh()
    index = open_index()
    assert (index.status, index.num_passages) == ("ready", num_passages(catalogue))
    for text in ("粮食产量", "学校改造", "青岚河清淤"):
        ours, theirs = own.search(ask(text), 10), index.search(ask(text), 10)
        assert [each for each, _ in ours] == [each for each, _ in theirs]
        np.testing.assert_allclose([score for _, score in ours], [score for _, score in theirs], atol=1e-5)
    own.close()


def test_what_one_process_mends_is_there_for_all(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_index(), open_index()
    put(catalogue, make_report("柳溪县"))
    first.refresh()
    monkeypatch.setattr(ChromaCollection, "put", None)
    second.refresh()
    assert (second.status, second.num_passages) == ("ready", num_passages(catalogue))


def test_a_new_report_is_found_before_the_server_has_it_and_a_removed_one_never(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], tmp_path: Path
) -> None:
    index = open_index()
    mending = ProcessLock(tmp_path / "mending.lock")
    assert mending.try_acquire()
    added = make_report("柳溪县")
    put(catalogue, added)
    vector = catalogue.vectors(added.report_id)[0]
    assert index.search(vector, 1)[0][0] == added.passages[0].passage_id
    assert len(index.search(vector, 500)) == num_passages(catalogue)
    catalogue.remove([make_report("白鹿市").report_id])
    assert reports_of(index.search(vector, 500)) == set(catalogue.versions())
    assert index.status != "ready"
    mending.release()
    index.refresh()
    assert index.num_passages == num_passages(catalogue)
    assert reports_of(index.search(vector, 500)) == set(catalogue.versions())


def test_while_the_server_is_away_nothing_is_found_and_then_all_again(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], server: ChromaProcess
) -> None:
    index = open_index()
    before = index.search(ask("粮食产量"), 20)
    server.stop()
    try:
        assert (index.search(ask("粮食产量"), 20), index.is_away) == ([], True)
        narrow = [catalogue.reports()[0].report_id]
        assert reports_of(index.search(ask("粮食产量"), 20, report_ids=narrow)) == set(narrow)
        index.refresh()
        assert index.status.startswith("words alone: ")
        put(catalogue, make_report("云溪县"))
    finally:
        server.start()
    index.search(ask("粮食产量"), 20)
    wait_until(lambda: index.status == "ready")
    assert len(before) < num_passages(catalogue)
    assert len(index.search(ask("粮食产量"), 500)) == num_passages(catalogue)
    time.sleep(1)
    assert not index.is_away


def test_a_server_that_says_nothing_holds_a_question_up_once(
    open_index: Callable[[], VectorIndex], server: ChromaProcess
) -> None:
    index = open_index()
    server.freeze()
    try:
        began = time.monotonic()
        assert index.search(ask("粮食产量"), 20) == []
        assert time.monotonic() - began < 8
        began = time.monotonic()
        assert index.search(ask("粮食产量"), 20) == []
        assert time.monotonic() - began < 0.5
    finally:
        server.thaw()
    index.search(ask("粮食产量"), 20)
    wait_until(lambda: index.status == "ready")


def test_a_collection_somebody_deleted_or_thinned_is_made_anew(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], server: ChromaProcess
) -> None:
    index = open_index()
    name = f"report-qa-{catalogue.state()[0]}"
    with closing(ChromaCollection.on_server(server.url, name, timeout_seconds=5)) as collection:
        collection.destroy()
    assert index.search(ask("粮食产量"), 20) == []
    wait_until(lambda: bool(index.search(ask("粮食产量"), 20)) and index.status == "ready")
    assert index.num_passages == num_passages(catalogue)
    with closing(ChromaCollection.on_server(server.url, name, timeout_seconds=5)) as collection:
        collection.drop([catalogue.reports()[0].report_id])
    put(catalogue, make_report("柳溪县"))
    index.search(ask("粮食产量"), 20)
    wait_until(lambda: bool(index.search(ask("粮食产量"), 20)) and index.status == "ready")
    assert index.num_passages == num_passages(catalogue)


def collections(server: ChromaProcess) -> set[str]:
    listed = httpx.get(f"{server.url}api/v2/tenants/default_tenant/databases/default_database/collections").json()
    return {each["name"].removeprefix("report-qa-") for each in listed}


def test_what_a_restored_catalogue_had_on_the_server_goes_and_nothing_else_does(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], server: ChromaProcess, tmp_path: Path
) -> None:
    index, other = open_index(), open_index()
    backup(catalogue, tmp_path / "kept")
    put(catalogue, make_report("柳溪县"))
    index.refresh()
    others = collections(server) - {before := catalogue.state()[0]}
    with closing(Catalogue.open(tmp_path / "elsewhere")) as stranger:
        restore(stranger, tmp_path / "kept")
        strange = VectorIndex(stranger, ServerMirror(server.url, stranger))
        strange.refresh()
        strange.close()
        others.add(stranger.state()[0])
    assert collections(server) == {before, *others}
    restore(catalogue, tmp_path / "kept")
    index.refresh()
    assert collections(server) == {catalogue.state()[0], *others}
    assert (index.status, index.num_passages) == ("ready", num_passages(catalogue))
    wait_until(lambda: reports_of(other.search(ask("粮食产量"), 500)) == set(catalogue.versions()))
    wait_until(lambda: not other.is_away)


def half_mended(folder: str, url: str) -> None:
    """In a child: die in the middle of a change, without a word."""
    catalogue = Catalogue.open(Path(folder))
    index = VectorIndex(catalogue, ServerMirror(HttpUrl(url), catalogue))
    whole = ChromaCollection.put

    def put_and_die(self: ChromaCollection, passage_ids: list[str], vectors: NDArray[np.float32]) -> None:
        whole(self, passage_ids[:7], vectors[:7])
        os._exit(9)

    ChromaCollection.put = put_and_die  # type: ignore[method-assign, assignment]
    index.refresh()


def test_what_a_killed_process_left_half_done_is_done_by_another(
    catalogue: Catalogue, open_index: Callable[[], VectorIndex], server: ChromaProcess, tmp_path: Path
) -> None:
    code = f"from {__name__} import half_mended; half_mended({str(tmp_path)!r}, {str(server.url)!r})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    index = open_index()
    assert (index.status, index.num_passages) == ("ready", num_passages(catalogue))


def test_the_token_travels_as_a_header_and_stands_in_no_message(catalogue: Catalogue, tmp_path: Path) -> None:
    seen: list[tuple[str, str | None, str | None]] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, self.headers["Authorization"], self.headers["X-Chroma-Token"]))
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as refusing:
        threading.Thread(target=refusing.serve_forever, daemon=True).start()
        url = HttpUrl(f"http://se%20cret@127.0.0.1:{refusing.server_port}/office/reports")
        with pytest.raises(StorageError, match=f"at 127.0.0.1:{refusing.server_port}") as caught:
            ServerMirror(url, catalogue).update(lambda: False)
        refusing.shutdown()
    assert seen == [("/api/v2/tenants/office/databases/reports/collections", "Bearer se cret", "se cret")]
    assert "cret" not in str(caught.value)


def test_an_address_that_is_none_is_said_to_be_one() -> None:
    with pytest.raises(ConfigurationError, match="REPORT_QA_CHROMA_URL"):
        load_settings({"REPORT_QA_CHROMA_URL": "127.0.0.1:8000"})
    assert Settings(chroma_url=HttpUrl("https://chroma/a/b")).chroma_url is not None
