"""Recognise the same report from another source, by MinHash; the longest of a kind stands for the others."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from rag.language.folding import fold
from rag.storing import Catalogue

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


def link_near_duplicates(catalogue: Catalogue) -> None:
    """Link every report to the one it is a near-duplicate of, unless that was done after the last change.

    What comes out depends on the reports alone, not on the order in which they came.

    Raises:
        LockedError: another process writes.
        StorageError: the disk is full.
    """
    while not catalogue.links_are_current():
        seen = catalogue.version
        found = {report_id: from_bytes(content) for report_id, content in catalogue.fingerprints().items()}
        catalogue.link_duplicates(find_originals(found), seen=seen)


def find_originals(fingerprints: Mapping[str, Fingerprint]) -> dict[str, str | None]:
    """Return for each report the earlier one (in the order given) it resembles most, None where it stands for itself.

    Only reports that stand for themselves are linked to; ties go to the earliest.
    """
    originals: list[str] = []
    matrix: NDArray[np.uint32] = np.zeros((len(fingerprints), NUM_HASHES), np.uint32)
    links: dict[str, str | None] = {}
    for report_id, own in fingerprints.items():
        shares = (matrix[: len(originals)] == own).mean(axis=1)
        best = int(shares.argmax()) if len(shares) and own.any() else -1
        if best >= 0 and shares[best] >= SAME_REPORT:
            links[report_id] = originals[best]
        else:
            links[report_id] = None
            matrix[len(originals)] = own
            originals.append(report_id)
    return links
