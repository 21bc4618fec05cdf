"""A search over one data directory whose signals can be left out one by one, as the service would search otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.old.asking.knowledge import Knowledge
from rag.old.asking.question import Question
from rag.bootstrap import open_service
from rag.storing import Catalogue
from rag.config import Settings
from rag.finding.corpus import Corpus
from rag.indexing.embedding import Embedder
from rag.old.fusion import FusionWeights
from rag.language.glossary import load_glossary
from rag.indexing.lexical import LexicalIndex
from rag.indexing.lexical_fields import FieldWeights
from rag.language.places import load_gazetteer
from rag.old.question import understand
from rag.old.reranking import Wish
from rag.old.retrieval import Retriever, Search
from rag.old.searching import make_search
from rag.types import Hit, Scope
from rag.indexing.vectors import VectorIndex
from rag.old.widening import MAX_CHARS


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to search, differing from the service's own in what is not at its default.

    ``wish`` replaces fields of what hits are reranked by; ``search`` those of the search.
    """

    name: str
    fusion: FusionWeights = field(default_factory=FusionWeights)
    fields: FieldWeights = field(default_factory=FieldWeights)
    hit_max_chars: int = MAX_CHARS
    without: tuple[str, ...] = ()


FULL = Variant("report-qa")
EMPTY: Mapping[str, object] = {"expansions": (), "groups": (), "wish": Wish()}


class RememberingEmbedder:
    """Embeds each query once, so that variants do not wait for the model."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed search text: shape ``(dimension,)``."""
        if (known := self._known.get(text)) is None:
            known = self._known[text] = self._embedder.embed_query(text)
        return known


class Lab:
    """Everything a search needs over one data directory; close it with ``close``."""

    def __init__(self, data_dir: Path, embedder: Embedder) -> None:
        self._catalogue = Catalogue.open(data_dir)
        self.lexical = LexicalIndex(data_dir / "lexical", self._catalogue)
        self.vectors = VectorIndex(data_dir / "vectors", self._catalogue)
        self.corpus = Corpus(self._catalogue)
        self._embedder = RememberingEmbedder(embedder)
        summaries = tuple(self.corpus.summaries.values())
        self._knowledge = Knowledge(load_gazetteer(), summaries, load_glossary())

    def understand(self, text: str) -> Question:
        """Understand a question as the service does."""
        return understand(text, history=(), knowledge=self._knowledge)

    def search(self, text: str, variant: Variant = FULL, *, limit: int = 10) -> list[Hit]:
        """Search as the service does, but for what ``variant`` changes; best first."""
        question = self.understand(text)
        scope = Scope(question.places, question.years, question.report_ids)
        search = make_search(question, scope, self.corpus, self._knowledge.gazetteer)
        return self._retriever(variant).search(_limited(search, question, variant), self.corpus, limit=limit)

    def close(self) -> None:
        """Let go of the indexes and the catalogue."""
        self.lexical.close()
        self.vectors.close()
        self._catalogue.close()

    def _retriever(self, variant: Variant) -> Retriever:
        return Retriever(
            lexical=self.lexical,
            vectors=self.vectors,
            embedder=self._embedder,
            weights=variant.fusion,
            fields=variant.fields,
            hit_max_chars=variant.hit_max_chars,
        )


def _limited(search: Search, question: Question, variant: Variant) -> Search:
    """Take from a search what the variant does without: fields of the search, of its wish, or "bare text"."""
    if "bare text" in variant.without:
        search = replace(search, text=question.standalone)
    if "scope" in variant.without:
        search = replace(search, report_ids=None, groups=())
    missing = [name for name in EMPTY if name in variant.without]
    search = replace(search, **{name: EMPTY[name] for name in missing})  # type: ignore[arg-type]
    plain = Wish()
    parts = {name: getattr(plain, name) for name in Wish.__slots__ if name in variant.without}
    return replace(search, wish=replace(search.wish, **parts))


def ingested(settings: Settings, data_dir: Path, corpus: Path) -> Path:
    """Ingest what ``data_dir`` does not hold of ``corpus`` yet; return ``data_dir``."""
    service = open_service(settings.model_copy(update={"data_dir": data_dir, "models_dir": settings.models_folder}))
    service.ingest([corpus])
    service.close()
    return data_dir
