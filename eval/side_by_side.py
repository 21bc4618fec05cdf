"""Search times side by side, in one run: this project, LangChain's hybrid recipe, and embedding the query alone.

``python -m eval.side_by_side --data DATA_DIR`` takes the passages and vectors of a filled data directory. LangChain
gets the same passages, vectors and embedding model: EnsembleRetriever over BM25Retriever and Chroma.
sentence-transformers embeds the query in float32, with the threads it takes by itself, and does nothing else.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from eval.baselines import SameModel
from eval.metrics import percentile
from eval.plain_model import model_folder
from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder, load_embedder
from rag.storing import Catalogue, embedded_text

BATCH = 1_000
QUESTIONS = (
    "地区生产总值增长目标是多少",
    "一般公共预算收入完成多少亿元",
    "哪些地方新建了养老服务中心",
    "新能源汽车产业链有什么安排",
    "今后五年居民收入的目标",
    "how many urban jobs were created",
    "农村生活污水治理率",
    "推进义务教育优质均衡发展",
)


def hybrid_recipe(catalogue: Catalogue, embedder: Embedder, limit: int) -> BaseRetriever:
    """Build LangChain's EnsembleRetriever over the catalogue's passages and vectors."""
    store = Chroma(collection_name="side-by-side", embedding_function=SameModel(embedder))
    store.reset_collection()
    documents = []
    for row in catalogue.reports():
        passages, vectors = catalogue.passages(row.report_id), catalogue.vectors(row.report_id)
        documents += [Document(embedded_text(each), metadata={"id": each.passage_id}) for each in passages]
        for start in range(0, len(passages), BATCH):
            part = passages[start : start + BATCH]
            store._collection.add(
                ids=[each.passage_id for each in part],
                embeddings=vectors[start : start + BATCH],
                documents=[embedded_text(each) for each in part],
            )
    words = BM25Retriever.from_documents(documents, k=limit)
    meaning = store.as_retriever(search_kwargs={"k": limit})
    return EnsembleRetriever(retrievers=[words, meaning], weights=[0.5, 0.5])


def milliseconds(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Return how long each question takes, in order."""
    found = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        found.append(1000 * (time.perf_counter() - began))
    return found


def main() -> int:
    """Measure all three in turn, round after round, and print the table."""
    parser = argparse.ArgumentParser(description="Search times side by side.")
    parser.add_argument("--data", type=Path, required=True, help="filled data directory")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    settings = Settings(data_dir=options.data)
    embedder = load_embedder(settings)
    service = open_service(settings, embedder=embedder)
    service.start()
    while service.ready().checks["vectors"] != "ready":
        time.sleep(0.5)
    model = SentenceTransformer(model_folder(settings))
    catalogue = Catalogue.open(options.data)
    recipe = hybrid_recipe(catalogue, embedder, 10)
    asked: dict[str, Callable[[str], object]] = {
        "report-qa, whole search with embedding": lambda text: service.search(text, limit=10),
        "LangChain EnsembleRetriever(BM25Retriever, Chroma), same passages and model": recipe.invoke,
        "sentence-transformers float32, embedding the query alone": model.encode_query,
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for turn in range(options.rounds + 1):
        for name, ask in asked.items():
            took = milliseconds(ask, QUESTIONS)
            times[name] += took if turn else []
    num_passages = sum(row.num_passages for row in service.reports())
    sys.stdout.write(
        f"| {num_passages:,} passages, {len(service.reports())} reports | p50 ms | p95 ms |\n|---|---|---|\n"
    )
    for name, took in times.items():
        sys.stdout.write(f"| {name} | {percentile(took, 0.5):.1f} | {percentile(took, 0.95):.1f} |\n")
    catalogue.close()
    service.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
