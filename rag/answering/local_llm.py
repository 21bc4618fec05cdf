"""A GGUF file run in this process by llama.cpp: the only module that knows xllamacpp."""

from __future__ import annotations

import importlib.util
import os
import queue
import secrets
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from rag.answering.chat import Message, Piece
from rag.errors import ConfigurationError, ProviderError

CONTEXT_TOKENS = 4096
Chunk = dict[str, Any]
END = None


def require_llama_cpp() -> None:
    """Check that what runs a GGUF file is installed.

    Raises:
        ConfigurationError: it is not.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise ConfigurationError("xllamacpp is not installed; run: pip install 'report-qa[local-llm]'")


class LocalModel:
    """Replies with a GGUF model; loaded when first asked, one reply at a time."""

    def __init__(self, path: str, *, timeout_seconds: float, max_tokens: int) -> None:
        """Check that the file and xllamacpp are there.

        Raises:
            ConfigurationError: one of them is missing.
        """
        self._path = Path(path).expanduser()
        if not self._path.is_file():
            raise ConfigurationError(f"setting REPORT_QA_LLM names the file {path}, which is not there")
        require_llama_cpp()
        self.name = f"local:{self._path.name}"
        self._timeout_seconds = timeout_seconds
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self._server: Any = None
        self.key = secrets.token_urlsafe()

    def close(self) -> None:
        """Free the model's memory."""
        with self._lock:
            self._server = None

    @property
    def address(self) -> str:
        """The loopback address of the model's own OpenAI-compatible server, loading the model if need be.

        The server asks for ``key``: no web page may use it.

        Raises:
            ProviderError: the file cannot be loaded.
        """
        return str(self._loaded().listening_address)

    def stream(self, messages: Sequence[Message], *, grammar: str = "") -> Generator[Piece, None, None]:
        """Reply piece by piece; closing the generator stops the model at its next token.

        Raises:
            ProviderError: the file cannot be loaded, the model fails, or takes longer than the time allowed.
        """
        server = self._loaded()
        chunks: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        stopped = threading.Event()
        request = self._request(messages, grammar)
        worker = threading.Thread(target=_generate, args=(server, request, chunks, stopped), daemon=True)
        deadline = time.monotonic() + self._timeout_seconds
        worker.start()
        try:
            while (chunk := self._next(chunks, deadline)) is not END:
                yield self._piece(chunk)
        finally:
            stopped.set()

    def _next(self, chunks: queue.SimpleQueue[Chunk | None], deadline: float) -> Chunk | None:
        try:
            return chunks.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty as error:
            raise ProviderError(f"{self.name} did not answer within {self._timeout_seconds:g} s") from error

    def _piece(self, chunk: Chunk) -> Piece:
        if "error" in chunk or "choices" not in chunk:
            raise ProviderError(f"{self.name} failed: {chunk.get('error', chunk)!s:.200}")
        usage = chunk.get("usage") or {}
        text = "".join(choice.get("delta", {}).get("content") or "" for choice in chunk["choices"])
        return Piece(text, usage.get("prompt_tokens", 0), usage.get("completion_tokens", 0))

    def _request(self, messages: Sequence[Message], grammar: str) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": [{"role": row.role, "content": row.text} for row in messages],
            "max_tokens": self._max_tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return request | ({"grammar": grammar} if grammar else {})

    def _loaded(self) -> Any:
        with self._lock:
            if self._server is None:
                self._server = self._load()
            return self._server

    def _load(self) -> Any:
        # Threads that spin while others work slow everything down; read when the library is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx = CONTEXT_TOKENS
        params.n_parallel = 1
        params.verbosity = -1
        params.api_keys = [self.key]
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise ProviderError(f"{self.name} cannot be loaded; is it a whole GGUF file?") from error


def _generate(
    server: Any, request: dict[str, Any], chunks: queue.SimpleQueue[Chunk | None], stopped: threading.Event
) -> None:
    """Run one reply; each chunk goes to the queue, and the model stops once ``stopped`` is set."""

    def take(chunk: Chunk) -> bool:
        chunks.put(chunk)
        return stopped.is_set()

    try:
        server.handle_chat_completions(request, take)
    except (RuntimeError, ValueError) as error:
        chunks.put({"error": str(error)})
    finally:
        chunks.put(END)
