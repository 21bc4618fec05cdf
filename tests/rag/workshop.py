"""Everything an ingest needs over one data directory, with a parser that runs in this process."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from rag.errors import UnreadableFileError
from rag.indexing.chroma_mirror import ChromaMirror
from rag.indexing.doctor import Check, examine
from rag.indexing.lexical import LexicalIndex
from rag.indexing.vectors import VectorIndex
from rag.ingesting.candidates import Candidate
from rag.ingesting.ingest import Ingester
from rag.ingesting.intake import IntakeParts
from rag.ingesting.sandbox import OnPage
from rag.reading.passages import make_passages
from rag.storing import Catalogue
from rag.types import Profile, Report, Section
from tests.rag.invented import LetterEmbedder

RECIPE = "first recipe"


class PlainParser:
    """Reads UTF-8 text, in this process; a sidecar is taken as the title."""

    def __init__(self) -> None:
        self.read_paths: list[str] = []

    def read(self, candidate: Candidate, on_page: OnPage) -> Future[Report]:
        self.read_paths.append(candidate.path)
        future: Future[Report] = Future()
        try:
            future.set_result(as_report(candidate))
        except UnicodeDecodeError:
            future.set_exception(UnreadableFileError(f"{candidate.source}: this is no UTF-8 text; save it as UTF-8"))
        return future


def as_report(candidate: Candidate) -> Report:
    text = candidate.content.decode()
    profile = Profile(candidate.sidecar.decode() or text.partition("\n")[0])
    sections = (Section(0, 0, 0, len(text)),)
    report_id = candidate.content_hash[:16]
    passages = make_passages(report_id, text, sections, (), profile)
    return Report(report_id, candidate.source, text, profile, sections, passages)


class Workshop:
    """A catalogue, both indexes and an ingester."""

    def __init__(
        self, data_dir: Path, url: str | None = None, *, embedder: LetterEmbedder | None = None, recipe: str = RECIPE
    ) -> None:
        self.data_dir = data_dir
        self.url = url
        self.catalogue = Catalogue.open(data_dir, url)
        self.embedder = embedder or LetterEmbedder()
        self.parser = PlainParser()
        self.lexical = LexicalIndex(data_dir / "lexical", self.catalogue)
        self.vectors = VectorIndex(self.catalogue, ChromaMirror(data_dir / "vectors", self.catalogue))
        self.indexes = (self.lexical, self.vectors)
        parts = IntakeParts(self.catalogue, self.embedder, self.parser, self.indexes, recipe)
        self.ingester = Ingester(parts, max_file_bytes=100_000, data_dir=data_dir)

    def close(self) -> None:
        self.vectors.close()
        self.catalogue.close()


def diagnose(workshop: Workshop) -> dict[str, Check]:
    return {check.name: check for check in examine(workshop.catalogue, workshop.lexical, workshop.vectors)}


def faulty(workshop: Workshop) -> set[str]:
    return {name for name, check in diagnose(workshop).items() if not check.holds}


def spoil(workshop: Workshop, statement: str) -> None:
    with workshop.catalogue.database.write() as connection:
        connection.exec_driver_sql(statement)
