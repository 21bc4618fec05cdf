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
from rag.embedding import Embedder
from rag.errors import BadInputError

SCRIPTS = {"llama-index": Path(__file__).with_name("llama_index_search.py")}


def _handler(embedder: Embedder) -> type[BaseHTTPRequestHandler]:
    class Embeds(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if asked["kind"] == "query":
                vectors = [embedder.embed_query(text).tolist() for text in asked["texts"]]
            else:
                vectors = embedder.embed_passages(asked["texts"]).tolist()
            body = json.dumps({"vectors": vectors}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Embeds


@contextmanager
def embedding_server(embedder: Embedder) -> Iterator[str]:
    """Serve an embedder on the loopback: POST ``{"texts", "kind": "query" | "passage"}`` gives ``{"vectors"}``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(embedder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def run_peer(
    peer: str, python: Path, documents: Sequence[FoundText], questions: Sequence[str], embedder: Embedder
) -> dict[str, SearchFunction]:
    """Let a peer search every question; gives a search a variant, which looks the rankings up.

    Raises:
        BadInputError: there is no such peer, or its script failed in this environment.
    """
    if peer not in SCRIPTS:
        raise BadInputError(f"there is no peer {peer}; there are {', '.join(SCRIPTS)}")
    texts = [{"document": row.document, "text": row.text} for row in documents]
    with embedding_server(embedder) as address:
        task = {"documents": texts, "questions": list(questions), "limit": 3 * DEPTH, "address": address}
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
