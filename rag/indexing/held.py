"""What an index made from the catalogue holds of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from rag.storing import Catalogue


@dataclass(frozen=True, slots=True)
class Held:
    """What an index holds: ``reports`` maps report ids to the versions that are in.

    ``epoch`` and ``version`` name the catalogue's state that this is all of; -1: only a part. ``deleted`` is the number
    of passages dropped since the index was built.
    """

    epoch: str = ""
    version: int = -1
    reports: Mapping[str, int] = field(default_factory=dict)
    deleted: int = 0

    def is_current(self, catalogue: Catalogue) -> bool:
        """Tell whether this is exactly what the catalogue holds now."""
        return (self.epoch, self.version) == catalogue.state()

    def kept(self, epoch: str, versions: Mapping[str, int]) -> dict[str, int]:
        """Return the reports that are as the catalogue of ``epoch`` with ``versions`` has them."""
        if epoch != self.epoch:
            return {}
        return {each: version for each, version in self.reports.items() if versions.get(each) == version}

    def to_json(self) -> str:
        """Write as compact JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))
