"""Passages and their vectors by id, as search needs them: read in one batch, the last ones kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.catalogue import Catalogue, embedded_text, text_hash
from rag.folding import fold
from rag.sentences import split_sentences
from rag.types import Passage

MAX_PASSAGES = 30_000

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class PassageCache:
    """Passages of one catalogue version; safe to share between threads. ``max_passages`` bounds what is kept."""

    def __init__(self, catalogue: Catalogue, *, max_passages: int = MAX_PASSAGES) -> None:
        self._catalogue = catalogue
        self._max_passages = max_passages
        self._lock = threading.Lock()
        self._model = (catalogue.model or ("", 0))[0]
        self._passages: dict[str, Passage] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._folded: dict[str, str] = {}

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id, in the order asked for; unknown ids are left out."""
        if missing := [each for each in passage_ids if each not in self._passages]:
            self._keep(self._passages, self._catalogue.passages_by_id(missing))
        return {each: found for each in passage_ids if (found := self._passages.get(each)) is not None}

    def vectors(self, passages: Sequence[Passage]) -> dict[str, NDArray[np.float32]]:
        """Return for each passage ``(1 + num_sentences, dim)``: its own vector, then those of its sentences.

        A sentence that shares its passage's vector is left out; a passage without vectors is, too.
        """
        if missing := [each for each in passages if each.passage_id not in self._vectors]:
            self._keep(self._vectors, self._read(missing))
        ids = (each.passage_id for each in passages)
        return {key: found for key in ids if (found := self._vectors.get(key)) is not None}

    def folded(self, passages: Iterable[Passage]) -> dict[str, str]:
        """Return the folded text of each passage by id."""
        row = list(passages)
        if missing := [each for each in row if each.passage_id not in self._folded]:
            self._keep(self._folded, {each.passage_id: fold(each.text) for each in missing})
        ids = (each.passage_id for each in row)
        return {key: found for key in ids if (found := self._folded.get(key)) is not None}

    def _read(self, passages: Sequence[Passage]) -> dict[str, NDArray[np.float32]]:
        hashes = {each.passage_id: [text_hash(text) for text in _texts(each)] for each in passages}
        kept = self._catalogue.cached_vectors(self._model, list({one for row in hashes.values() for one in row}))
        found = {key: [kept[one] for one in row if one in kept] for key, row in hashes.items() if row[0] in kept}
        return {key: np.array(rows, np.float32) for key, rows in found.items()}

    def _keep(self, kept: dict[Key, Value], found: dict[Key, Value]) -> None:
        with self._lock:
            while kept and len(kept) + len(found) > self._max_passages:
                kept.pop(next(iter(kept)))
            kept.update(found)


def _texts(passage: Passage) -> Iterable[str]:
    """Return the text of the passage's vector, then its sentences; a title or heading is no statement and left out."""
    spans = split_sentences(passage.text, 0, len(passage.text))
    sentences = (passage.text[each.start : each.end] for each in spans)
    return [embedded_text(passage), *(each for each in sentences if each not in passage.header)]
