"""Run a peer's script in its own environment, with the embedding model served to it over the loopback."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from eval.run_retrieval import DEPTH, FoundText, SearchFunction
from rag.errors import BadInputError
from rag.indexing.embedding import Embedder

SCRIPTS = {
    name: Path(__file__).with_name(f"{name.replace('-', '_')}_search.py") for name in ("llama-index", "haiku-rag")
}
QUERY, PASSAGE = "query: ", "passage: "


def _embedded(texts: Sequence[str], embedder: Embedder) -> list[list[float]]:
    """Vectors of texts, each a query or a passage by its prefix, which the embedder puts there itself."""
    if texts[0].startswith(QUERY):
        return [embedder.embed_query(text.removeprefix(QUERY)).tolist() for text in texts]
    vectors: list[list[float]] = embedder.embed_passages([text.removeprefix(PASSAGE) for text in texts]).tolist()
    return vectors


def _handler(embedder: Embedder) -> type[BaseHTTPRequestHandler]:
    class Embeds(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
            vectors = _embedded([given] if isinstance(given, str) else given, embedder)
            data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
            usage = {"prompt_tokens": 0, "total_tokens": 0}
            body = json.dumps({"object": "list", "model": embedder.name, "data": data, "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Embeds


@contextmanager
def embedding_server(embedder: Embedder) -> Iterator[str]:
    """Serve an embedder on the loopback as OpenAI's embeddings are; gives the base address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(embedder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def run_peer(
    peer: str,
    python: Path,
    documents: Sequence[FoundText],
    questions: Sequence[str],
    embedder: Embedder,
    *,
    tokenizer: str,
) -> dict[str, SearchFunction]:
    """Let a peer search every question; gives a search a variant, which looks the rankings up.

    ``tokenizer`` is the name or folder of the model whose tokens a splitter may count.

    Raises:
        BadInputError: there is no such peer, or its script failed in this environment.
    """
    if peer not in SCRIPTS:
        raise BadInputError(f"there is no peer {peer}; there are {', '.join(SCRIPTS)}")
    texts = [{"document": row.document, "text": row.text} for row in documents]
    with embedding_server(embedder) as address:
        task = {
            "documents": texts,
            "questions": list(questions),
            "limit": 3 * DEPTH,
            "address": address,
            "dimension": embedder.dimension,
            "tokenizer": tokenizer,
        }
        done = subprocess.run(
            [python, SCRIPTS[peer]], input=json.dumps(task), capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise BadInputError(f"peer {peer} failed with {python}: {done.stderr.strip().splitlines()[-1:]}")
    return {variant: _looked_up(rankings) for variant, rankings in json.loads(done.stdout).items()}


def _looked_up(rankings: dict[str, list[list[str]]]) -> SearchFunction:
    def search(words: str, limit: int) -> list[FoundText]:
        return [FoundText(document, text) for document, text in rankings[words][:limit]]

    return search
