"""The composition root: builds the object graph from settings. Nothing else reads the environment."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from rag.answer_cache import AnswerCache
from rag.answering.choosing import Chooser
from rag.answering.finding import Finder
from rag.answering.reader import EvidenceReader
from rag.candidates import Candidate
from rag.catalogue import Catalogue
from rag.catalogue.jobs import JobTable
from rag.chat import ChatModel
from rag.config import Settings
from rag.cross_encoder import CrossEncoderReranker
from rag.embedding import Embedder, load_embedder
from rag.errors import StorageError
from rag.glossary import Glossary, load_glossary
from rag.ingest import Ingester
from rag.intake import IntakeParts
from rag.jobs import JobQueue
from rag.lexical import LexicalIndex
from rag.llm import load_chat_model
from rag.parts import Parts
from rag.places import Gazetteer, load_gazetteer
from rag.reading.report import read_report
from rag.reading.sandbox import ParserPool
from rag.recipe import recipe
from rag.replying import Replier
from rag.retrieval import Retriever
from rag.service import Service
from rag.types import Report
from rag.vectors import VectorIndex
from rag.writing.completing import Completer
from rag.writing.grounding import Grounder
from rag.writing.material import Gatherer
from rag.writing.nearness import Nearness
from rag.writing.writer import Writer


class SandboxedParser:
    """Reads candidates into reports in worker processes."""

    def __init__(self, pool: ParserPool[Report]) -> None:
        self._pool = pool

    def read(self, candidate: Candidate) -> Future[Report]:
        """Begin to read; the future raises ``UnreadableFileError`` when the file is refused."""
        return self._pool.submit(candidate.content, candidate.source, candidate.sidecar)

    def close(self) -> None:
        """End the worker processes."""
        self._pool.close()


def open_service(
    settings: Settings, *, embedder: Embedder | None = None, chat_model: ChatModel | None = None
) -> Service:
    """Open the service over ``settings.data_dir``, making it if need be; close it with ``close``.

    ``embedder`` and ``chat_model`` stand in for the models the settings name.

    Raises:
        ConfigurationError: the embedding model cannot be loaded, or the language model's setting is wrong.
        StorageError: the data directory cannot be used.
    """
    data_dir = _make_folder(settings.data_dir.absolute())
    settings = settings.model_copy(update={"data_dir": data_dir})
    embedder = embedder or load_embedder(settings)
    catalogue = Catalogue.open(data_dir)
    lexical = LexicalIndex(data_dir / "lexical", catalogue)
    vectors = VectorIndex(data_dir / "vectors", catalogue, url=settings.chroma_url)
    reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
    retriever = Retriever(lexical=lexical, vectors=vectors, embedder=embedder, reranker=reranker)
    gazetteer, glossary = load_gazetteer(), load_glossary()
    finder = Finder(retriever=retriever, lexical=lexical, embedder=embedder)
    chooser = Chooser(finder=finder, glossary=glossary, gazetteer=gazetteer)
    model = chat_model or load_chat_model(settings)
    parser = _make_parser(settings)
    ingester = _make_ingester(settings, catalogue, embedder, parser, (lexical, vectors))
    return Service(
        Parts(
            settings=settings,
            catalogue=catalogue,
            lexical=lexical,
            vectors=vectors,
            embedder=embedder,
            gazetteer=gazetteer,
            glossary=glossary,
            retriever=retriever,
            reader=EvidenceReader(chooser, gazetteer),
            ingester=ingester,
            parser=parser,
            jobs=JobQueue(JobTable(catalogue.database), ingester, data_dir / "uploads"),
            replier=_make_replier(model, chooser, gazetteer, glossary, embedder) if model else None,
        )
    )


def _make_replier(
    model: ChatModel, chooser: Chooser, gazetteer: Gazetteer, glossary: Glossary, embedder: Embedder
) -> Replier:
    grounder = Grounder(gazetteer=gazetteer, glossary=glossary, meaning=Nearness(embedder).measure)
    writer = Writer(model, gatherer=Gatherer(chooser, gazetteer), grounder=grounder)
    return Replier(writer, Completer(model), AnswerCache())


def _make_folder(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make {data_dir}: {error.strerror}; set REPORT_QA_DATA_DIR") from error
    return data_dir


def _make_parser(settings: Settings) -> SandboxedParser:
    return SandboxedParser(
        ParserPool(
            settings.parse_workers, settings.parse_timeout_seconds, settings.parse_memory_bytes, work=read_report
        )
    )


def _make_ingester(
    settings: Settings,
    catalogue: Catalogue,
    embedder: Embedder,
    parser: SandboxedParser,
    indexes: tuple[LexicalIndex, VectorIndex],
) -> Ingester:
    parts = IntakeParts(catalogue, embedder, parser, indexes, recipe())
    return Ingester(parts, max_file_bytes=settings.max_file_bytes, data_dir=settings.data_dir)
