"""The finished objects a service works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rag.answering.reader import EvidenceReader
from rag.catalogue import Catalogue
from rag.config import Settings
from rag.embedding import Embedder
from rag.glossary import Glossary
from rag.ingest import Ingester
from rag.jobs import JobQueue
from rag.lexical import LexicalIndex
from rag.places import Gazetteer
from rag.replying import Replier
from rag.retrieval import Retriever
from rag.vectors import VectorIndex


class Closable(Protocol):
    """Whatever holds processes or files."""

    def close(self) -> None:
        """Give them back."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The finished objects a service works with."""

    settings: Settings
    catalogue: Catalogue
    lexical: LexicalIndex
    vectors: VectorIndex
    gazetteer: Gazetteer
    glossary: Glossary
    embedder: Embedder
    retriever: Retriever
    reader: EvidenceReader
    ingester: Ingester
    parser: Closable
    jobs: JobQueue
    replier: Replier | None = None
