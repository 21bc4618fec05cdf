"""haiku.rag as its quick start sets it up; run by the Python of an environment of its own.

Reads a JSON task from standard input: ``documents`` (``document``, ``text``), ``questions``, ``limit``, the ``address``
that embeds and the ``tokenizer``; writes rankings: for each variant and question, the passages found, best first. All
is at its default but the embedding model, and the tokenizer the splitter counts by, whose own would have to be fetched.
"""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from haiku.rag.client import HaikuRAG
from haiku.rag.config import AppConfig


def configuration(task: dict[str, Any]) -> AppConfig:
    """The defaults, with the served model; e5 models tell queries and passages apart by a prefix."""
    model = {
        "provider": "openai",
        "name": "served",
        "base_url": task["address"],
        "api_key": "none",
        "vector_dim": task["dimension"],
        "query_prefix": "query: ",
        "document_prefix": "passage: ",
    }
    return AppConfig.model_validate(
        {"embeddings": {"model": model}, "processing": {"chunking_tokenizer": task["tokenizer"]}}
    )


async def rankings(task: dict[str, Any], folder: Path) -> dict[str, dict[str, list[list[str]]]]:
    """Take the documents in and search every question by vectors and by both."""
    name = f"haiku.rag {version('haiku.rag-slim')}"
    variants = {f"{name}: vectors": "vector", f"{name}: hybrid": "hybrid"}
    async with HaikuRAG(folder / "peer.lancedb", config=configuration(task), create=True) as client:
        for row in task["documents"]:
            await client.create_document(row["text"], uri=row["document"])
        found: dict[str, dict[str, list[list[str]]]] = {variant: {} for variant in variants}
        for variant, search_type in variants.items():
            for question in task["questions"]:
                hits = await client.search(question, limit=task["limit"], search_type=search_type)
                found[variant][question] = [[hit.document_uri, hit.content] for hit in hits]
    return found


def main() -> None:
    """Index, search every question with every variant, print the rankings."""
    task = json.load(sys.stdin)
    with TemporaryDirectory(prefix="report-qa-haiku-rag-") as folder:
        json.dump(asyncio.run(rankings(task, Path(folder))), sys.stdout)


if __name__ == "__main__":
    main()
