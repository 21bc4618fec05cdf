"""The finished objects a service works with."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answering.model_answerer import ModelAnswerer
from rag.answering.replying import Replier
from rag.config import Settings
from rag.finding.fusion import Searcher
from rag.finding.gathering import Gatherer
from rag.indexing.embedding import Embedder
from rag.indexing.following import Follower
from rag.indexing.lexical import LexicalIndex
from rag.indexing.vectors import VectorIndex
from rag.ingesting.ingest import Ingester
from rag.ingesting.sandbox import ParserPool
from rag.ingesting.uploads import JobQueue
from rag.language.places import Gazetteer
from rag.storing import Catalogue
from rag.storing.key_table import KeyTable
from rag.tracing import Tracer
from rag.types import Report


@dataclass(frozen=True, slots=True)
class Components:
    """The finished objects a service works with; ``model`` is None where no language model is set."""

    settings: Settings
    catalogue: Catalogue
    lexical: LexicalIndex
    vectors: VectorIndex
    follower: Follower
    gazetteer: Gazetteer
    embedder: Embedder
    searcher: Searcher
    gatherer: Gatherer
    ingester: Ingester
    parser: ParserPool[Report]
    jobs: JobQueue
    keys: KeyTable
    replier: Replier
    tracer: Tracer
    model: ModelAnswerer | None = None
