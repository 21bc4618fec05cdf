"""Score passages against a query with a sentence-transformers cross-encoder, when a setting names one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import ConfigurationError


class CrossEncoderReranker:
    """A cross-encoder by name or folder, loaded at construction. Torch is imported only here."""

    def __init__(self, name: str) -> None:
        """Load the model.

        Raises:
            ConfigurationError: there is no such model, or it does not give one score a pair.
        """
        self.name = name
        self._model = _load(name)
        if self._model.num_labels != 1:
            raise ConfigurationError(
                f"reranker {name!r} gives {self._model.num_labels} scores a pair, one is needed; "
                "set REPORT_QA_RERANKER to another cross-encoder"
            )

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Score each text, in the order given; higher is better, the range is the model's own. No texts give none."""
        if not texts:
            return []
        found = self._model.predict([(query, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in found]


def _load(name: str) -> Any:
    mend = "set REPORT_QA_RERANKER to a folder or to a sentence-transformers cross-encoder, or leave it empty"
    if name.startswith((".", "/", "~")) and not Path(name).is_dir():
        raise ConfigurationError(f"reranker {name!r} is not a folder; {mend}")
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(name, device="cpu", trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"reranker {name!r} cannot be loaded: {error}; {mend}") from error
