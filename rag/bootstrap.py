"""The composition root: builds the object graph from settings. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path

from rag.answering.chat import ChatModel
from rag.answering.extractive import ExtractiveAnswerer
from rag.answering.llm import LOCAL, load_chat_model
from rag.answering.model_answerer import ModelAnswerer
from rag.answering.replying import Replier
from rag.answering.verification import Verifier
from rag.components import Components
from rag.config import Settings
from rag.errors import StorageError
from rag.finding.fusion import Searcher
from rag.finding.gathering import Gatherer
from rag.indexing.chroma_mirror import ChromaMirror
from rag.indexing.chroma_server import ServerMirror
from rag.indexing.embedding import Embedder, load_embedder
from rag.indexing.following import Follower
from rag.indexing.lexical import LexicalIndex
from rag.indexing.mirror import Mirror
from rag.indexing.vectors import VectorIndex
from rag.ingesting.worker import make_ingester, make_jobs, make_pool, takes_uploads
from rag.language.places import load_gazetteer
from rag.service import Service
from rag.storing import Catalogue
from rag.storing.key_table import KeyTable
from rag.tracing import Tracer

EVIDENCE_CHARS = 5_000
LOCAL_EVIDENCE_CHARS = 1_200


def open_service(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    chat_model: ChatModel | None = None,
    tracer: Tracer | None = None,
    copies: int = 1,
) -> Service:
    """Open the service over ``settings.data_dir``, making it if need be; close it with ``close``.

    ``embedder`` and ``chat_model`` stand in for the models the settings name; ``tracer`` follows questions. So many
    processes on this directory may have ``copies`` of Chroma's files open, one each.

    Raises:
        ConfigurationError: the embedding model cannot be loaded, or the language model's setting is wrong.
        StorageAwayError: the database cannot be reached.
        StorageError: the data directory or the database cannot be used.
    """
    settings = settings.model_copy(update={"data_dir": _make_folder(settings.data_dir.absolute())})
    embedder, chat_model = embedder or load_embedder(settings), chat_model or load_chat_model(settings)
    return Service(_make_components(settings, embedder, chat_model, tracer or Tracer(), copies))


def _make_components(
    settings: Settings, embedder: Embedder, chat_model: ChatModel | None, tracer: Tracer, copies: int
) -> Components:
    data_dir = settings.data_dir
    catalogue = Catalogue.open(data_dir, settings.database_url)
    lexical = LexicalIndex(data_dir / "lexical", catalogue)
    vectors = VectorIndex(catalogue, _make_mirror(settings, catalogue, copies))
    searcher = Searcher(lexical=lexical, vectors=vectors, embedder=embedder)
    gazetteer = load_gazetteer()
    pool = make_pool(settings)
    ingester = make_ingester(settings, catalogue, embedder, pool, (lexical, vectors))
    gatherer = Gatherer(searcher)
    reader = ExtractiveAnswerer()
    model = _make_model(settings, chat_model, tracer)
    verifier = Verifier(gazetteer)
    return Components(
        settings=settings,
        catalogue=catalogue,
        lexical=lexical,
        vectors=vectors,
        follower=Follower(lexical, vectors),
        embedder=embedder,
        gazetteer=gazetteer,
        searcher=searcher,
        gatherer=gatherer,
        ingester=ingester,
        parser=pool,
        jobs=make_jobs(settings, catalogue, ingester if takes_uploads(settings) else None),
        keys=KeyTable(catalogue.database),
        replier=Replier(answerer=model or reader, reader=reader, gatherer=gatherer, verifier=verifier, tracer=tracer),
        tracer=tracer,
        model=model,
    )


def _make_mirror(settings: Settings, catalogue: Catalogue, copies: int) -> Mirror:
    folder = settings.data_dir / "vectors"
    if settings.chroma_url is None:
        return ChromaMirror(folder, catalogue, copies=copies)
    return ServerMirror(settings.chroma_url, catalogue)


def _make_model(settings: Settings, model: ChatModel | None, tracer: Tracer) -> ModelAnswerer | None:
    if model is None:
        return None
    is_local = model.name.startswith(f"{LOCAL}:")
    evidence_chars = settings.llm_evidence_chars or (LOCAL_EVIDENCE_CHARS if is_local else EVIDENCE_CHARS)
    return ModelAnswerer(model, evidence_chars=evidence_chars, is_local=is_local, tracer=tracer)


def _make_folder(data_dir: Path) -> Path:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make {data_dir}: {error.strerror}; set REPORT_QA_DATA_DIR") from error
    return data_dir
