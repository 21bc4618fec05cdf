"""What a model has written, kept in memory so that the same question is not paid for twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rag.types import Answer, Scope

MAX_KEPT = 512
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Everything an answer depends on; ``prompts`` are the hashes of the prompts, ``version`` the catalogue's."""

    question: str
    language: str
    scope: Scope
    model: str
    prompts: tuple[str, ...]
    version: int


class Cache(Generic[Key, Value]):
    """Keeps the values used last; safe to share between threads."""

    def __init__(self, *, max_kept: int = MAX_KEPT) -> None:
        self._max_kept = max_kept
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """Return the value kept under ``key``, None when there is none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value; the one used longest ago makes room."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._max_kept:
                self._values.popitem(last=False)


AnswerCache = Cache[AnswerKey, Answer]
