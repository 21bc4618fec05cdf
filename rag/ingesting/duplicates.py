"""Recognise the same report from another source: MinHash over folded shingles of its text."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.language.folding import fold

SHINGLE_CHARS = 8
NUM_HASHES = 128
SAME_REPORT = 0.25
KEPT = re.compile(r"[^0-9a-z\u3400-\u9fff]+")

Fingerprint = NDArray[np.uint32]


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text, shape ``(128,)`` uint32; all zeros for a text shorter than a shingle.

    White space, punctuation, script (traditional or simplified), width and case make no difference.

    Source: Broder 1997, On the resemblance and containment of documents; one permutation, densified by rotation
    (Shrivastava and Li 2014).
    """
    folded = KEPT.sub("", fold(text))
    hashes = _shingle_hashes(folded)
    if not len(hashes):
        return np.zeros(NUM_HASHES, dtype=np.uint32)
    bins = (hashes % np.uint64(NUM_HASHES)).astype(np.int64)
    values = (hashes >> np.uint64(32)).astype(np.uint32)
    lowest = np.full(NUM_HASHES, np.iinfo(np.uint32).max, dtype=np.uint32)
    np.minimum.at(lowest, bins, values)
    filled = np.isin(np.arange(NUM_HASHES), bins)
    for index in np.flatnonzero(~filled):
        distance = int(np.argmax(np.roll(filled, -int(index))))
        lowest[index] = lowest[(index + distance) % NUM_HASHES] ^ np.uint32(distance)
    return lowest


def _shingle_hashes(folded: str) -> NDArray[np.uint64]:
    """Hash every run of eight characters by a polynomial over 64 bits, mixed so that its low bits are spread."""
    codes = np.frombuffer(folded.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - SHINGLE_CHARS + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE_CHARS):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + count]
    hashes ^= hashes >> np.uint64(33)
    hashes *= np.uint64(0xFF51AFD7ED558CCD)
    return np.unique(hashes ^ (hashes >> np.uint64(33)))


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
