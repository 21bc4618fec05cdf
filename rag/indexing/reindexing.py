"""Embedding everything anew: passages, then both indexes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from rag.indexing.embedding import Embedder
from rag.storing import Catalogue, embedded_text, text_hash

OnReport = Callable[[int, int], None]


class Index(Protocol):
    """An index derived from the catalogue."""

    def refresh(self) -> None:
        """Bring the index to the catalogue's state."""


def reindex(
    catalogue: Catalogue, embedder: Embedder, indexes: Sequence[Index], *, on_report: OnReport | None = None
) -> int:
    """Embed every passage with ``embedder``, switch to its vectors at once, and bring the indexes along.

    Texts this model has embedded before are not embedded again, so a run that was interrupted goes on where it was.
    Returns the number of texts embedded; ``on_report`` is told reports done and reports in all.

    Raises:
        LockedError: another process writes.
        StorageError: the disk is full.
    """
    with catalogue.writing():
        reports = catalogue.reports()
        num_embedded = 0
        hashes: set[bytes] = set()
        for number, summary in enumerate(reports, start=1):
            passages = catalogue.report(summary.report_id).passages
            texts = {text_hash(text): text for text in map(embedded_text, passages)}
            num_embedded += _embed(catalogue, embedder, texts)
            hashes |= texts.keys()
            if on_report is not None:
                on_report(number, len(reports))
        catalogue.change_model(embedder.name, embedder.dimension, keep=hashes)
    for index in indexes:
        index.refresh()
    return num_embedded


def _embed(catalogue: Catalogue, embedder: Embedder, texts: Mapping[bytes, str]) -> int:
    """Embed and keep texts by hash, as far as this model has not; return how many that were."""
    kept = catalogue.cached_vectors(embedder.name, list(texts))
    new = {digest: text for digest, text in texts.items() if digest not in kept}
    if new:
        catalogue.keep_vectors(embedder.name, list(new), embedder.embed_passages(list(new.values())))
    return len(new)
