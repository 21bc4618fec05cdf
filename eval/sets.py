"""Question sets by name: those of this repository, and those a folder named by ``REPORT_QA_CORPUS`` holds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import BadInputError

GOLD = Path(__file__).parent / "gold"
SAMPLES = Path(__file__).parents[1] / "samples"
VARIABLE = "REPORT_QA_CORPUS"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A gold file and the folder of reports its questions are about."""

    name: str
    gold: Path
    corpus: Path


def _folder(environment: Mapping[str, str], name: str) -> Path:
    folder = environment.get(VARIABLE)
    if not folder:
        raise BadInputError(f"question set {name} needs the folder that {VARIABLE} names; it is not set")
    return Path(folder)


def find_set(name: str, corpus: Path | None = None, environment: Mapping[str, str] = os.environ) -> QuestionSet:
    """Find a set by name (``samples``, ``seeds``, ``reports_a``, a gold file under ``REPORT_QA_CORPUS``) or by path.

    A name with ``_dialogues`` is the dialogues of the set before it. ``corpus`` overrides the folder of reports; a path
    needs it.

    Raises:
        BadInputError: there is no such set, or it needs a folder that is not given.
    """
    base = name.removesuffix("_dialogues")
    path = Path(name)
    if path.suffix == ".jsonl" and path.exists():
        return QuestionSet(path.stem, path, corpus or _seeds(environment, name))
    own = GOLD / f"{name}.jsonl"
    if own.exists():
        return QuestionSet(name, own, corpus or _corpus_of(base, environment))
    shared = _folder(environment, name) / "gold" / f"{name}.jsonl"
    if not shared.exists():
        raise BadInputError(f"there is no question set {name}: neither a file, nor {own.name} here, nor {shared}")
    return QuestionSet(name, shared, corpus or _seeds(environment, name))


def _corpus_of(base: str, environment: Mapping[str, str]) -> Path:
    """What must be in the index: the samples, the seed reports, or for ``reports_…`` all reports, to be told apart."""
    if base == "samples":
        return SAMPLES
    return _folder(environment, base) / "corpus" if base.startswith("reports_") else _seeds(environment, base)


def _seeds(environment: Mapping[str, str], name: str) -> Path:
    return _folder(environment, name) / "corpus" / "seeds"
