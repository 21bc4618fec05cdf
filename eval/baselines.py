"""Baselines: the plain LangChain recipe on the same files with the same embedding model.

Recursive splitter as the tutorials set it, Chroma, BM25 as it comes (it splits on spaces) and over character bigrams,
and LangChain's EnsembleRetriever of both. Retrieval only: what they would say depends on a language model.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from eval.run_retrieval import FoundText, SearchFunction
from rag.errors import UnreadableFileError
from rag.indexing.embedding import Embedder
from rag.reading import read_document

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

CHUNK_CHARACTERS = 500
CHUNK_OVERLAP = 50
DEPTH = 30


class SameModel(Embeddings):
    """The project's embedding model behind LangChain's interface."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Embed passages, in order."""
        return [list(map(float, vector)) for vector in self._embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Embed one query."""
        return list(map(float, self._embedder.embed_query(text)))


def read_files(corpus: Path) -> list[FoundText]:
    """Read every file of a folder as the project reads it, uncleaned; those that are refused are left out."""
    texts = []
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        try:
            texts.append(FoundText(path.stem, read_document(path.read_bytes(), path.name).text))
        except UnreadableFileError:
            continue
    return texts


def split_files(corpus: Path) -> list[Document]:
    """Read every file of a folder and split it as the recipe does."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=CHUNK_OVERLAP)
    read = read_files(corpus)
    return splitter.split_documents([Document(row.text, metadata={"document": row.document}) for row in read])


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring characters, white space left out."""
    characters = "".join(text.split())
    return [characters[start : start + 2] for start in range(max(1, len(characters) - 1))]


def _search(retriever: BaseRetriever) -> SearchFunction:
    def search(words: str, limit: int) -> Sequence[FoundText]:
        documents = retriever.invoke(words)[:limit]
        return [FoundText(document.metadata["document"], document.page_content) for document in documents]

    return search


def _vectors(documents: Sequence[Document], embedder: Embedder) -> BaseRetriever:
    store = Chroma(collection_name="baseline", embedding_function=SameModel(embedder))
    store.reset_collection()
    for start in range(0, len(documents), 1000):
        store.add_documents(list(documents[start : start + 1000]))
    return store.as_retriever(search_kwargs={"k": DEPTH})


def build_vector_search(corpus: Path, embedder: Embedder) -> SearchFunction:
    """Index a folder as the plain recipe does: splits, vectors, Chroma."""
    return _search(_vectors(split_files(corpus), embedder))


def build_baselines(corpus: Path, embedder: Embedder) -> dict[str, SearchFunction]:
    """Index a folder for every baseline; searches by name, in the order they are reported."""
    documents = split_files(corpus)
    vectors = _vectors(documents, embedder)
    words = BM25Retriever.from_documents(documents, k=DEPTH)
    pairs = BM25Retriever.from_documents(documents, k=DEPTH, preprocess_func=bigrams)
    both = EnsembleRetriever(retrievers=[words, vectors], weights=[0.5, 0.5])
    return {
        "LangChain: vectors only": _search(vectors),
        "LangChain: BM25 as it comes": _search(words),
        "LangChain: EnsembleRetriever": _search(both),
        "BM25 over bigrams": _search(pairs),
    }
