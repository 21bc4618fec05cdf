"""Result and run files: what was run, on what, with what, and how it came out.

A result is two files: ``NAME.jsonl`` with a row a question and ``NAME.json`` with the figures and everything needed to
run it again. Quality figures of two runs of one commit are equal; only times differ.
"""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.intervals import Estimate, from_values
from rag.config import Settings
from rag.errors import BadInputError

UNSHOWN = frozenset({"api_key", "llm_api_key", "data_dir", "models_dir"})


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of a run. ``kind``: answers, dialogues or retrieval; ``subject``: what was run ("report-qa", …).

    ``by[grouping][group]`` are the shares of right answers; ``latency_ms`` p50, p95, p99 of one question;
    ``dataset`` and ``corpus`` are names, their hashes say which state of them.
    """

    kind: str
    subject: str
    dataset: str
    dataset_hash: str
    corpus: str
    corpus_hash: str
    commit: str
    commit_time: str
    settings: dict[str, Any]
    models: dict[str, str]
    prompt_hashes: dict[str, str]
    n: int
    figures: dict[str, Estimate]
    by: dict[str, dict[str, Estimate]] = field(default_factory=dict)
    latency_ms: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """File name without ending: kind, set, subject and commit."""
        subject = "".join(letter if letter.isalnum() else "-" for letter in self.subject).strip("-")
        return f"{self.kind}-{self.dataset}-{subject}-{self.commit}"


def commit_of(folder: Path) -> tuple[str, str]:
    """Short commit and its time of the repository at ``folder``, with ``+`` when files differ; ("unknown", "").

    Results do not count as files: writing them changes nothing that is measured.
    """
    try:
        shown = _git(folder, "log", "-1", "--format=%h %cI").split()
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!eval/results").strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown", ""
    return (shown[0] + ("+" if changed else ""), shown[1]) if shown else ("unknown", "")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Settings as plain values, without keys and without folders, which differ between machines."""
    values = settings.model_dump(mode="json")
    return {key: value for key, value in values.items() if key not in UNSHOWN}


def hashes_of_prompts(folder: Path) -> dict[str, str]:
    """First 12 hex digits of every prompt file's SHA-256, by name; empty where there are none."""
    files = sorted(folder.glob("*.txt"))
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in files}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return value


def write_result(result: Result, rows: Sequence[Any], folder: Path) -> Path:
    """Write both files (rows have ``as_json``); returns the path of the result file."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row.as_json(), ensure_ascii=False) + "\n" for row in rows)
    (folder / f"{result.name}.jsonl").write_text("".join(lines), "utf-8")
    path = folder / f"{result.name}.json"
    path.write_text(json.dumps(_plain(asdict(result)), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def read_result(path: Path) -> Result:
    """Read a result file.

    Raises:
        BadInputError: the file cannot be read or is not a result.
    """
    try:
        values = json.loads(path.read_text("utf-8"))
        values["figures"] = {name: from_values(part) for name, part in values["figures"].items()}
        values["by"] = {
            grouping: {name: from_values(part) for name, part in groups.items()}
            for grouping, groups in values["by"].items()
        }
        return Result(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{path} is not a result file of `report-qa eval`: {error}") from error


def read_rows_of(path: Path) -> list[dict[str, Any]]:
    """Read the rows that belong to a result file, in the order they were run.

    Raises:
        BadInputError: there is no run file beside it, or a line is not JSON.
    """
    try:
        lines = path.with_suffix(".jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise BadInputError(f"the rows of {path} cannot be read: {error}") from error
