"""A small provider on the loopback address: OpenAI's /v1/chat/completions and Ollama's /api/chat, both streaming."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Provider:
    """What the server says and what it saw. ``statuses`` are given out first, one a request, then replies.

    It pauses between two pieces, neither before the first nor after the last.
    """

    pieces: tuple[str, ...] = ()
    pause_seconds: float = 0.0
    statuses: list[int] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    pieces_sent: int = 0
    went_away: threading.Event = field(default_factory=threading.Event)
    url: str = ""


def _openai_lines(pieces: tuple[str, ...]) -> Iterator[bytes]:
    head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for piece in pieces:
        choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
        yield b"data: " + json.dumps(head | {"choices": [choice]}).encode() + b"\n\n"
    usage = {"prompt_tokens": 21, "completion_tokens": len(pieces), "total_tokens": 21 + len(pieces)}
    end = head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    yield b"data: " + json.dumps(end).encode() + b"\n\n"
    yield b"data: " + json.dumps(head | {"choices": [], "usage": usage}).encode() + b"\n\ndata: [DONE]\n\n"


def _ollama_lines(pieces: tuple[str, ...]) -> Iterator[bytes]:
    head = {"model": "m", "created_at": "2031-01-01T00:00:00Z"}
    for piece in pieces:
        row = head | {"message": {"role": "assistant", "content": piece}, "done": False}
        yield json.dumps(row).encode() + b"\n"
    counts = {"prompt_eval_count": 21, "eval_count": len(pieces), "done_reason": "stop"}
    yield json.dumps(head | {"message": {"role": "assistant", "content": ""}, "done": True} | counts).encode() + b"\n"


WAYS = {"/v1/chat/completions": _openai_lines, "/api/chat": _ollama_lines}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Stay quiet."""

        def do_POST(self) -> None:
            provider.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            provider.headers.append({name.lower(): value for name, value in self.headers.items()})
            status = provider.statuses.pop(0) if provider.statuses else 200
            self.send_response(status)
            self.send_header("Content-Type", "text/event-stream" if "v1" in self.path else "application/x-ndjson")
            self.end_headers()
            if status != 200:
                self.wfile.write(json.dumps({"error": {"message": "no, secret sk-123"}}).encode())
                return
            self._reply()

        def _reply(self) -> None:
            try:
                for number, line in enumerate(WAYS[self.path](provider.pieces)):
                    time.sleep(provider.pause_seconds if 0 < number < len(provider.pieces) else 0)
                    self.wfile.write(line)
                    self.wfile.flush()
                    provider.pieces_sent += 1
            except (BrokenPipeError, ConnectionResetError):
                provider.went_away.set()

    return Handler


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    """Serve on a free port of 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
