"""Whether Ollama answers on this machine, and with which models."""

from __future__ import annotations

import json
import threading
import time
from http.client import HTTPException
from urllib.request import ProxyHandler, build_opener

ADDRESS = "http://127.0.0.1:11434"
TIMEOUT_SECONDS = 0.5
KEPT_SECONDS = 30
MAX_BYTES = 1_000_000
MAX_MODELS = 50


class Ollama:
    """The Ollama at an address of this machine; what it said is kept for half a minute."""

    def __init__(self, address: str = ADDRESS) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._models: tuple[str, ...] | None = None

    def models(self) -> tuple[str, ...] | None:
        """Return the names of its models, as they stand behind ``ollama:``; None where none answers in time."""
        with self._lock:
            if time.monotonic() - self._asked > KEPT_SECONDS:
                self._models = self._ask()
                self._asked = time.monotonic()
            return self._models

    def _ask(self) -> tuple[str, ...] | None:
        direct = build_opener(ProxyHandler({}))
        try:
            with direct.open(f"{self._address}/api/tags", timeout=TIMEOUT_SECONDS) as reply:
                rows = json.loads(reply.read(MAX_BYTES))["models"]
            return tuple(str(row["name"]) for row in rows[:MAX_MODELS])
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None
