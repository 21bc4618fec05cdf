"""Which reports are near-duplicates of which: the longest of a kind stands for the others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rag.ingesting.duplicates import NUM_HASHES, SAME_REPORT, Fingerprint, from_bytes
from rag.storing import Catalogue


def link_near_duplicates(catalogue: Catalogue) -> None:
    """Link every report to the one it is a near-duplicate of, unless that was done after the last change.

    What comes out depends on the reports alone, not on the order in which they came.

    Raises:
        LockedError: another process writes.
        StorageError: the disk is full.
    """
    if not catalogue.links_are_current():
        found = {report_id: from_bytes(content) for report_id, content in catalogue.fingerprints().items()}
        catalogue.link_duplicates(find_originals(found))


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
