"""Question sets: the gold format (questions and dialogues) and passages/questions JSONL.

Evidence is named by its document and either its words (``quote``) or, where the words may not be copied, by the file's
SHA-256 with offsets into its UTF-8 text. A document is the file's name without its ending.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import BadInputError

SINGLE_FACT_TYPES = frozenset(["number", "fact", "time", "table", "acronym", "paraphrase", "crosslingual"])
TYPES = SINGLE_FACT_TYPES | frozenset(["list", "compare", "aggregate", "unanswerable", "injection"])


class Evidence(BaseModel):
    """A span of a document: its words, or its file's hash with ``[start, end)``."""

    model_config = ConfigDict(frozen=True)

    doc: str
    quote: str = ""
    sha256: str = ""
    start: int = 0
    end: int = 0


class GoldQuestion(BaseModel):
    """A question with what its answer must and must not say.

    ``must_include``: every inner tuple needs one of its strings in the answer. ``places`` and ``years`` are what a
    citation may speak of, empty where the set does not say.
    """

    model_config = ConfigDict(frozen=True)

    id: str = ""
    question: str
    lang: str = "zh"
    type: str = "dialogue"
    difficulty: str = "medium"
    tags: tuple[str, ...] = ()
    answer: str
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    answerable: bool = True
    evidence: tuple[Evidence, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


class Dialogue(BaseModel):
    """Questions asked one after another, each with the ones before as its history."""

    model_config = ConfigDict(frozen=True)

    id: str
    turns: tuple[GoldQuestion, ...] = Field(min_length=1)


class SetPassage(BaseModel):
    """A passage of a passages/questions set."""

    id: str
    title: str = ""
    text: str


class SetQuestion(BaseModel):
    """A question of a passages/questions set with the passages that answer it, in its own or another language."""

    id: str
    question: str
    lang: str = "zh"
    positive_passage_ids: tuple[str, ...]
    parallel_positive_passage_ids: tuple[str, ...] = ()

    def all_positives(self) -> tuple[str, ...]:
        """Ids of the passages that answer it, those in another language last."""
        return self.positive_passage_ids + self.parallel_positive_passage_ids


Row = TypeVar("Row", bound=BaseModel)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"question set {path}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInputError(f"question set {path}, line {number}: not JSON: {error}") from error


def read_rows(path: Path, row: type[Row], *, key: str) -> tuple[Row, ...]:
    """Read the lines of a JSONL file that have ``key``, in file order.

    Raises:
        BadInputError: the file cannot be read or a line is not of the format; the message names the line.
    """
    rows = []
    for number, values in _lines(path):
        if key in values:
            try:
                rows.append(row.model_validate(values))
            except ValidationError as error:
                raise BadInputError(f"question set {path}, line {number}: {error.errors()[0]['msg']}") from error
    return tuple(rows)


def _texts_by_hash(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    contents = (path.read_bytes() for path in files)
    return {hashlib.sha256(content).hexdigest(): content.decode("utf-8", "replace") for content in contents}


def _with_words(item: GoldQuestion, texts: Mapping[str, str]) -> GoldQuestion:
    evidence = []
    for span in item.evidence:
        if span.sha256 and span.sha256 not in texts:
            raise BadInputError(f"question {item.id}: no file with SHA-256 {span.sha256[:12]}… in the corpus folder")
        words = texts[span.sha256][span.start : span.end] if span.sha256 else span.quote
        evidence.append(span.model_copy(update={"quote": words}))
    return item.model_copy(update={"evidence": tuple(evidence)})


def read_questions(path: Path, *, corpus: Path | None = None) -> tuple[GoldQuestion, ...]:
    """Read the single questions of a gold set; evidence by offsets gets its words from the files in ``corpus``.

    Without ``corpus`` such evidence stays without words.

    Raises:
        BadInputError: a line is not of the format, or evidence names a file that is not in ``corpus``.
    """
    items = read_rows(path, GoldQuestion, key="question")
    if corpus is None:
        return items
    texts = _texts_by_hash(corpus)
    return tuple(_with_words(item, texts) for item in items)


def _numbered(dialogue: Dialogue) -> Dialogue:
    turns = (turn.model_copy(update={"id": f"{dialogue.id}.{i}"}) for i, turn in enumerate(dialogue.turns))
    return dialogue.model_copy(update={"turns": tuple(turns)})


def read_dialogues(path: Path, *, corpus: Path | None = None) -> tuple[Dialogue, ...]:
    """Read the dialogues of a gold set; a turn's id is ``{dialogue id}.{number from 0}``, evidence as for questions.

    Raises:
        BadInputError: a line is not of the format, or evidence names a file that is not in ``corpus``.
    """
    dialogues = tuple(map(_numbered, read_rows(path, Dialogue, key="turns")))
    if corpus is None:
        return dialogues
    texts = _texts_by_hash(corpus)
    return tuple(
        row.model_copy(update={"turns": tuple(_with_words(turn, texts) for turn in row.turns)}) for row in dialogues
    )


def read_passage_set(folder: Path) -> tuple[tuple[SetPassage, ...], tuple[SetQuestion, ...]]:
    """Read ``passages.jsonl`` and ``questions.jsonl`` of a folder.

    Raises:
        BadInputError: a file is missing or a line is not of the format.
    """
    passages = read_rows(folder / "passages.jsonl", SetPassage, key="text")
    return passages, read_rows(folder / "questions.jsonl", SetQuestion, key="question")


def hash_of(*paths: Path) -> str:
    """First 16 hex digits of the SHA-256 over the files (folders: their files by name), to name what was run on."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
