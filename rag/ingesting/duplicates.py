"""Recognise the same report from another source: MinHash over folded shingles of its text."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from rag.language.folding import fold

SHINGLE_CHARS = 8
NUM_HASHES = 128
SAME_REPORT = 0.25
KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")

Fingerprint = NDArray[np.uint32]


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text, shape ``(128,)`` uint32; all zeros for a text shorter than a shingle.

    White space, punctuation, script (traditional or simplified), width and case make no difference.

    Source: Broder 1997, On the resemblance and containment of documents.
    """
    folded = KEPT.sub("", fold(text))
    shingles = [folded[start : start + SHINGLE_CHARS] for start in range(len(folded) - SHINGLE_CHARS + 1)]
    sketch = RMinHash(num_perm=NUM_HASHES, seed=1)
    sketch.update(shingles)
    return np.array(sketch.digest() if shingles else [0] * NUM_HASHES, np.uint32)


def similarity(first: Fingerprint, second: Fingerprint) -> float:
    """Estimate the share of shingles two texts have in common (Jaccard), from 0 to 1; empty texts resemble nothing."""
    if not first.any() or not second.any():
        return 0.0
    return float(np.mean(first == second))


def are_same(first: Fingerprint, second: Fingerprint) -> bool:
    """Tell whether two texts are the same report; yearly reports of one place share well under a tenth."""
    return similarity(first, second) >= SAME_REPORT


def to_bytes(value: Fingerprint) -> bytes:
    """Store a fingerprint: 512 bytes, little endian."""
    return value.astype("<u4").tobytes()


def from_bytes(content: bytes) -> Fingerprint:
    """Read what ``to_bytes`` wrote."""
    return np.frombuffer(content, dtype="<u4").astype(np.uint32)
