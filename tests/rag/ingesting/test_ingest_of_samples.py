"""Ingest with the reader the service uses, in worker processes; only the vectors are simple."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rag.indexing.doctor import examine
from rag.ingesting.ingest import Ingester
from rag.ingesting.intake import IntakeParts
from rag.ingesting.sandbox import ParserPool
from rag.ingesting.web import Web
from rag.ingesting.worker import SandboxedParser
from rag.reading.report import read_report
from tests.rag.workshop import RECIPE, Workshop

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture
def workshop(workshop: Workshop) -> Iterator[Workshop]:
    pool = ParserPool(1, 60, 2_000_000_000, work=read_report)
    parts = IntakeParts(workshop.catalogue, workshop.embedder, SandboxedParser(pool), workshop.indexes, RECIPE)
    workshop.ingester = Ingester(parts, max_file_bytes=10_000_000, data_dir=workshop.data_dir)
    yield workshop
    pool.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES, tmp_path / "samples"))


def test_all_samples_are_taken_in_and_everything_holds(workshop: Workshop, folder: Path) -> None:
    summary = workshop.ingester.ingest([folder])
    assert summary.refused == ()
    assert len(workshop.catalogue.reports()) == len(summary.new)
    assert summary.num_passages == sum(report.num_passages for report in workshop.catalogue.reports())
    checks = examine(workshop.catalogue, workshop.lexical, workshop.vectors)
    assert [check for check in checks if not check.holds] == []


def test_a_sidecar_sets_the_profile_and_a_wrong_one_is_refused_by_name(workshop: Workshop, folder: Path) -> None:
    report = sorted(folder.glob("*.*"))[0]
    sidecar = report.with_name(report.name + ".meta.toml")
    sidecar.write_text('title = "另定的标题"\nyear = 2044\n')
    workshop.ingester.ingest([report])
    (summary,) = workshop.catalogue.reports()
    assert (summary.profile.title, summary.profile.year) == ("另定的标题", 2044)
    sidecar.write_text("colour = 3\n")
    (refusal,) = workshop.ingester.ingest([report]).refused
    assert "colour" in refusal.reason
    assert len(workshop.catalogue.reports()) == 1


def test_what_no_reader_knows_is_refused_with_a_reason_and_costs_nothing_else(workshop: Workshop, folder: Path) -> None:
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (folder / "broken.docx").write_bytes(b"PK\x03\x04" + b"\x00" * 300)
    summary = workshop.ingester.ingest([folder])
    assert {refusal.source for refusal in summary.refused} == {"photo.png", "broken.docx"}
    assert all(refusal.reason.startswith(refusal.source) for refusal in summary.refused)
    assert len(summary.new) == len(workshop.catalogue.reports()) > 0


def test_what_comes_in_an_archive_is_cited_with_the_archives_name(
    workshop: Workshop, folder: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "in" / "samples"
    packed.parent.mkdir()
    shutil.make_archive(str(packed), "zip", folder)
    summary = workshop.ingester.ingest([packed.parent])
    assert summary.refused == ()
    names = {f"samples.zip/{each.relative_to(folder)}" for each in folder.rglob("*.*")}
    assert {each.source for each in workshop.catalogue.reports()} == names


def test_what_comes_from_the_web_is_cited_with_its_address(workshop: Workshop, folder: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        web = Web({"gov.example"}, 10**7, resolve=lambda host, port: ["127.0.0.1"], is_allowed=lambda address: True)
        address = f"http://gov.example:{server.server_port}/yanpu-2023-communique.html?id=3&t=%E4%BA%91"
        summary = workshop.ingester.ingest_pages([address], web)
        server.shutdown()
    assert summary.refused == ()
    (report,) = workshop.catalogue.reports()
    assert (report.source, report.profile.place) == (address, "砚浦区")
