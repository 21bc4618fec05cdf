"""One system measured in a process of its own: ``python -m eval.bench.subject report-qa|recipe FOLDER``.

Prints JSON: characters a second at ingest, and milliseconds of a query's embedding, a search and an answer (the recipe
has none without a language model), and peak memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eval.bench.synthetic import write_questions
from eval.bench.timing import peak_memory_mb, timings
from eval.plain_model import model_folder
from rag.config import Settings, load_settings
from rag.indexing.embedding import limit_spinning, load_embedder

QUESTIONS = 60


def _characters(folder: Path) -> int:
    return sum(len(path.read_text("utf-8")) for path in folder.iterdir())


def _questions(folder: Path) -> list[str]:
    return write_questions(count=QUESTIONS, places=len(list(folder.iterdir())))


def measure_service(folder: Path, settings: Settings) -> dict[str, Any]:
    """Measure this project as it comes."""
    from eval.workspace import scratch_service

    embedder = load_embedder(settings)
    began = time.perf_counter()
    with scratch_service(settings, folder) as service:
        seconds = time.perf_counter() - began
        questions = _questions(folder)
        return {
            "ingest_characters_per_second": round(_characters(folder) / seconds),
            "query_embedding_ms": timings(embedder.embed_query, questions),
            "search_ms": timings(service.search, questions),
            "ask_ms": timings(service.ask, questions),
            "peak_memory_mb": round(peak_memory_mb()),
        }


def measure_recipe(folder: Path, settings: Settings) -> dict[str, Any]:
    """Measure the plain recipe: the same model through sentence-transformers, Chroma, top 4."""
    from eval.baselines import build_vector_search

    embedder = load_embedder(settings.model_copy(update={"embedding_model": model_folder(settings)}))
    began = time.perf_counter()
    search = build_vector_search(folder, embedder)
    seconds = time.perf_counter() - began
    questions = _questions(folder)
    return {
        "ingest_characters_per_second": round(_characters(folder) / seconds),
        "query_embedding_ms": timings(embedder.embed_query, questions),
        "search_ms": timings(lambda words: search(words, 4), questions),
        "peak_memory_mb": round(peak_memory_mb()),
    }


SUBJECTS: dict[str, Callable[[Path, Settings], dict[str, Any]]] = {
    "report-qa": measure_service,
    "recipe": measure_recipe,
}

if __name__ == "__main__":
    limit_spinning()
    sys.stdout.write(json.dumps(SUBJECTS[sys.argv[1]](Path(sys.argv[2]), load_settings())))
