"""LlamaIndex as its starter tutorial sets it up; run by the Python of an environment of its own.

Reads a JSON task from standard input: ``documents`` (``document``, ``text``), ``questions``, ``limit`` and the address
that embeds; writes rankings: for each variant and question, the passages found, best first.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from importlib.metadata import version

from llama_index.core import Document, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.retrievers.bm25 import BM25Retriever


class ServedEmbedding(BaseEmbedding):
    """The embedding model that is evaluated everywhere, asked over the loopback; it tells kinds of text by a prefix."""

    address: str

    def _embed(self, texts: list[str]) -> list[list[float]]:
        body = json.dumps({"input": texts}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.address}/embeddings", data=body)) as response:
            return [row["embedding"] for row in json.loads(response.read())["data"]]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embed([f"query: {query}"])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embed([f"passage: {text}" for text in texts])


def main() -> None:
    """Index, search every question with every variant, print the rankings."""
    task = json.load(sys.stdin)
    documents = [Document(text=row["text"], metadata={"document": row["document"]}) for row in task["documents"]]
    nodes = SentenceSplitter().get_nodes_from_documents(documents)
    index = VectorStoreIndex(nodes, embed_model=ServedEmbedding(address=task["address"]))
    limit = min(task["limit"], len(nodes))
    vectors = index.as_retriever(similarity_top_k=limit)
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=limit)
    both = QueryFusionRetriever(
        [vectors, words],
        similarity_top_k=limit,
        num_queries=1,
        mode="reciprocal_rerank",
        use_async=False,
        llm=MockLLM(),
    )
    name = f"LlamaIndex {version('llama-index-core')}"
    variants = {f"{name}: vectors": vectors, f"{name}: fusion with BM25": both}
    rankings = {
        variant: {
            question: [
                [found.node.metadata["document"], found.node.get_content()] for found in retriever.retrieve(question)
            ]
            for question in task["questions"]
        }
        for variant, retriever in variants.items()
    }
    json.dump(rankings, sys.stdout)


if __name__ == "__main__":
    main()
