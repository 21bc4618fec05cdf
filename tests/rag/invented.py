"""Reports about invented places, and vectors without a model, for tests of storage and search."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.reading.passages import make_passages
from rag.storing import Catalogue, FileRecord, embedded_text
from rag.types import Figure, Profile, Reading, Report, Section, Table

DIMENSION = 16
PLACES = ("青岚县", "白鹿市", "石桥区")
MODEL = "letters-16"


def content_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def body(place: str, year: int, *, paragraphs: int = 6) -> str:
    sentences = [
        f"{place}{year}年粮食产量{100 + n}.5万吨，比上年增长{n}.5%，第{n}号灌区全部通水。"
        f"{place}新修乡村道路{n + 3}公里，青岚河第{n}段清淤完成，沿河群众出行更加方便。"
        f"第{n}批学校改造{n + 20}所，图书室配齐，夜校报名{n * 7 + 11}人。\n"
        for n in range(1, paragraphs + 1)
    ]
    return "".join(sentences)


def make_report(place: str = "青岚县", year: int = 2031, *, paragraphs: int = 6, source: str = "") -> Report:
    text = f"{place}{year}年工作报告\n" + body(place, year, paragraphs=paragraphs)
    report_id = content_hash(text)[:16]
    profile = Profile(
        title=f"{place}{year}年工作报告", place=place, place_path=("云川省", place), year=year, years=(year,)
    )
    heading_end = text.index("\n") + 1
    sections = (Section(0, 0, heading_end, len(text), (profile.title,), (year,), Reading.RESULT),)
    start = text.index("万吨") - 5
    figure = Figure(
        report_id, 0, "粮食产量", 101.5, "万吨", "101.5万吨", "", "", place, (year,), Reading.RESULT, start, start + 7
    )
    return Report(
        report_id=report_id,
        source=source or f"{place}{year}.txt",
        text=text,
        profile=profile,
        sections=sections,
        passages=make_passages(report_id, text, sections, (), profile),
        figures=(figure,),
        tables=(Table(0, heading_end, 1, header="指标 | 数值", page=2),),
        page_starts=(0, heading_end),
        warnings=("3 characters were lost",),
    )


class LetterEmbedder:
    """Counts characters into a few bins: deterministic, and equal texts get equal vectors."""

    name = MODEL
    dimension = DIMENSION

    def __init__(self, *, name: str = MODEL, dimension: int = DIMENSION) -> None:
        self.name = name
        self.dimension = dimension
        self.texts_embedded = 0

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector

    def embed_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.texts_embedded += len(texts)
        if on_batch is not None:
            on_batch(len(texts))
        return self.embed(texts)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        counts = np.ones((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                counts[row, ord(character) * 7919 % self.dimension] += 1
        counts /= np.linalg.norm(counts, axis=1, keepdims=True)
        return counts


def put(catalogue: Catalogue, report: Report, *, path: str = "") -> None:
    """Add a report as an ingest does."""
    vectors = LetterEmbedder().embed([embedded_text(passage) for passage in report.passages])
    file = FileRecord(path or f"/reports/{report.source}", report.source, report.report_id, content_hash(report.text))
    catalogue.add(report, vectors, file=file, model=MODEL)


def ask(text: str) -> NDArray[np.float32]:
    return LetterEmbedder().embed_query(text)


def wait_until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
