"""What becomes of messy files: each is accepted with its key phrases or refused with its reason, none garbled.

Run as ``python -m eval.run_messy [--out FILE]`` with ``REPORT_QA_CORPUS`` naming a folder that holds ``messy/``. Prints
a table; exits 1 when a file did not fare as ``messy.jsonl`` beside this module says, 2 without the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFileError
from rag.ingesting.sandbox import ParserPool
from rag.reading import read_document
from rag.reading.decoding import common_characters
from rag.types import SourceText

EXPECTED = Path(__file__).with_name("messy.jsonl")
TIMEOUT_SECONDS = 120
MEMORY_BYTES = 2_000_000_000
GARBLED = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|锟斤拷|烫烫烫|Ã.|â€")
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
MIN_COMMON_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Expectation:
    """What should become of a file: ``phrases`` if it is accepted, ``reason`` if it is refused."""

    file: str
    phrases: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    warning: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a file; ``faults`` is empty when that is as expected."""

    file: str
    outcome: str
    format: str
    encoding: str
    num_characters: int
    num_tables: int
    remarks: str
    faults: tuple[str, ...]


def load_expectations() -> tuple[Expectation, ...]:
    """Return what is expected, one entry a file."""
    lines = [json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines()]
    return tuple(map(_expectation, lines))


def read_all(folder: Path) -> tuple[Fate, ...]:
    """Read every expected file of a folder in a limited process and judge what came of it."""
    expectations = load_expectations()
    with ParserPool(1, TIMEOUT_SECONDS, MEMORY_BYTES, work=read_document) as pool:
        futures = [pool.submit((folder / one.file).read_bytes(), Path(one.file).name) for one in expectations]
        return tuple(_judge(one, future) for one, future in zip(expectations, futures, strict=True))


def as_table(fates: Iterable[Fate]) -> str:
    """Return a Markdown table."""
    lines = ["| file | outcome | format | encoding | characters | tables | remarks |", "|---|---|---|---|---|---|---|"]
    for fate in fates:
        verdict = fate.outcome if not fate.faults else f"{fate.outcome}, BUT {'; '.join(fate.faults)}"
        cells = [fate.file, verdict, fate.format, fate.encoding, fate.num_characters, fate.num_tables, fate.remarks]
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _expectation(entry: dict[str, Any]) -> Expectation:
    phrases, absent = tuple(entry.get("phrases", ())), tuple(entry.get("absent", ()))
    return Expectation(entry["file"], phrases, absent, entry.get("warning", ""), entry.get("reason", ""))


def _judge(expected: Expectation, future: Future[SourceText]) -> Fate:
    try:
        source = future.result()
    except UnreadableFileError as error:
        return Fate(expected.file, "refused", "", "", 0, 0, str(error), tuple(_faults_of_refusal(expected, str(error))))
    remarks = "; ".join(source.warnings) or f"title: {source.title}"
    numbers = len(source.text), len(source.tables)
    faults = tuple(_faults(expected, source))
    return Fate(expected.file, "accepted", source.format, source.encoding or "", *numbers, remarks, faults)


def _faults_of_refusal(expected: Expectation, message: str) -> list[str]:
    return [] if expected.reason and expected.reason in message else ["refusal not expected"]


def _faults(expected: Expectation, source: SourceText) -> list[str]:
    faults = ["expected to be refused"] if expected.reason else []
    faults += [f"without {phrase}" for phrase in expected.phrases if phrase not in source.text]
    faults += [f"with {phrase}" for phrase in expected.absent if phrase in source.text]
    if expected.warning not in "; ".join(source.warnings):
        faults.append(f"without the warning {expected.warning}")
    if GARBLED.search(source.text) or _common_share(source.text) < MIN_COMMON_SHARE:
        faults.append("garbled")
    return faults


def _common_share(text: str) -> float:
    """Return the share of common characters among the Chinese ones, 1 without any."""
    ideographs = IDEOGRAPH.findall(text)
    return sum(character in common_characters() for character in ideographs) / len(ideographs) if ideographs else 1.0


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description="What becomes of messy files")
    parser.add_argument("--out", type=Path, help="also write the table here")
    arguments = parser.parse_args()
    folder = Path(os.environ.get("REPORT_QA_CORPUS", "")) / "messy"
    if "REPORT_QA_CORPUS" not in os.environ or not folder.is_dir():
        print("set REPORT_QA_CORPUS to a folder that holds messy/", file=sys.stderr)
        return 2
    fates = read_all(folder)
    table = as_table(fates)
    print(table)
    if arguments.out:
        arguments.out.write_text(table + "\n", "utf-8")
    return int(any(fate.faults for fate in fates))


if __name__ == "__main__":
    sys.exit(main())
