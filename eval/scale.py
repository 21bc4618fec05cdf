"""Search over many passages: reports repeated with other places, years and figures, their vectors shifted a little.

``python -m eval.scale --from DATA_DIR --work FOLDER --passages 10000 --passages 100000`` builds each collection once
and prints a table of times, of the process's memory and of the disk taken. The code is that of the service; only the
vectors of the copies are not computed by the model.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.metrics import percentile
from eval.retrieval_lab import Lab, RememberingEmbedder
from rag.storing import Catalogue, FileRecord, text_hash
from rag.config import Settings
from rag.finding.corpus import Corpus
from rag.indexing.embedded_texts import sentence_vector_texts
from rag.indexing.embedding import load_embedder
from rag.old.retrieval import Retriever, Search
from rag.types import Passage, Report, ReportSummary

QUESTIONS = (
    "地区生产总值增长目标是多少",
    "一般公共预算收入完成多少亿元",
    "哪些地方新建了养老服务中心",
    "新能源汽车产业链有什么安排",
    "今后五年居民收入的目标",
    "how many urban jobs were created",
    "农村生活污水治理率",
    "招引10亿元以上项目多少个",
    "推进义务教育优质均衡发展",
    "空气质量优良天数比例",
    "县委对企业家说了什么",
    "高标准农田建设多少万亩",
    "what is the target for fixed asset investment",
    "城镇登记失业率控制在多少以内",
    "深化行政审批制度改革",
    "外贸进出口总额增长",
    "老旧小区改造数量",
    "数字经济核心产业占比",
    "粮食总产量稳定在多少",
    "谁作的政府工作报告",
)
NOISE = 0.25
SYLLABLES = "云川青岚白鹿石桥平溪东塘临江安和新宁长岭"


def copies(corpus: Corpus, num_passages: int) -> Iterator[tuple[Report, Report]]:
    """Yield each report in turn with a changed copy of it, until the copies have ``num_passages`` passages."""
    made, number = 0, 0
    ids = list(corpus.summaries)
    while made < num_passages:
        original = corpus.report(ids[number % len(ids)])
        if original.passages:
            copy = changed(original, number)
            yield original, copy
            made += len(copy.passages)
        number += 1


def changed(report: Report, number: int) -> Report:
    """Copy a report under another place, with other years and figures; every offset stays."""
    report_id = hashlib.sha256(f"{number}:{report.report_id}".encode()).hexdigest()[:16]
    words = _words(report, number)
    passages = tuple(_passage(each, report_id, words) for each in report.passages)
    place = words(report.profile.place or "") or None
    return replace(
        report,
        report_id=report_id,
        source=f"{number:06d}.txt",
        text=words(report.text),
        profile=replace(report.profile, title=words(report.profile.title), place=place),
        passages=passages,
        figures=(),
        near_duplicate_of=None,
    )


class _Words:
    """Replaces a place's name and the last digit of every number, length kept."""

    def __init__(self, place: str, number: int) -> None:
        self._place = place[:-1]
        self._other = "".join(SYLLABLES[(number + 3 * n) % len(SYLLABLES)] for n in range(len(self._place)))
        self._shift = number % 9 + 1

    def __call__(self, text: str) -> str:
        named = text.replace(self._place, self._other) if self._place else text
        return re.sub(r"\d(?!\d)", lambda match: str((int(match[0]) + self._shift) % 10), named)


def _words(report: Report, number: int) -> _Words:
    return _Words(report.profile.place or "", number)


def _passage(passage: Passage, report_id: str, words: _Words) -> Passage:
    ordinal = passage.passage_id.rpartition(":")[2]
    return replace(
        passage,
        passage_id=f"{report_id}:{ordinal}",
        report_id=report_id,
        text=words(passage.text),
        header=words(passage.header),
        place=words(passage.place or "") or None,
    )


def shifted(vectors: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Move unit vectors ``(n, dim)`` by noise of a quarter of their length; they stay of length 1."""
    moved = vectors + NOISE / np.sqrt(vectors.shape[1]) * random.standard_normal(vectors.shape, dtype=np.float32)
    found: NDArray[np.float32] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return found


def build(source: Path, target: Path, num_passages: int) -> None:
    """Fill ``target`` with copies of what ``source`` holds, sentences' vectors too, unless it is filled."""
    if (target / "catalogue.sqlite3").exists():
        return
    target.mkdir(parents=True)
    given, taken = Catalogue.open(source), Catalogue.open(target)
    corpus, model = Corpus(given), (given.model or ("", 0))[0]
    random = np.random.default_rng(11)
    with taken.writing():
        for original, report in copies(corpus, num_passages):
            hashes = [text_hash(text) for text in sentence_vector_texts(report)]
            sentences = shifted(corpus.sentence_vectors(original.report_id), random)
            vectors = shifted(corpus.vectors(original.report_id), random)
            taken.keep_vectors(model, hashes[: len(sentences)], sentences[: len(hashes)])
            record = FileRecord(f"/{report.source}", report.source, report.report_id, report.report_id, "", "")
            taken.add(report, vectors, file=record, model=model)
    given.close()
    taken.close()


def times(retriever: Retriever, corpus: Corpus, *, rounds: int) -> list[float]:
    """Return the milliseconds each unlimited search took, after one round that is not counted."""
    found = []
    for turn in range(rounds + 1):
        for question in QUESTIONS:
            began = time.perf_counter()
            retriever.search(Search(question), corpus)
            if turn:
                found.append(1000 * (time.perf_counter() - began))
    return found


def measure(folder: Path, settings: Settings, *, rounds: int, exact: bool) -> str:
    """Return a row: passages, p50 and p95 without and with embedding, memory, disk.

    ``exact`` leaves the vector index closed, as it is for a service that still builds it.
    """
    embedder = load_embedder(settings)
    lab = Lab(folder, embedder)
    if not exact:
        lab.vectors.refresh()
    known = Retriever(lexical=lab.lexical, vectors=lab.vectors, embedder=RememberingEmbedder(embedder))
    fresh = Retriever(lexical=lab.lexical, vectors=lab.vectors, embedder=embedder)
    summaries: Sequence[ReportSummary] = tuple(lab.corpus.summaries.values())
    cells = [f"{sum(row.num_passages for row in summaries):,}" + (", exact" if exact else "")]
    for retriever in (known, fresh):
        took = times(retriever, lab.corpus, rounds=rounds)
        cells += [f"{percentile(took, 0.5):.1f}", f"{percentile(took, 0.95):.1f}"]
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lab.close()
    return f"| {' | '.join([*cells, f'{memory / 1e6:.2f}', f'{disk / 1e9:.2f}'])} |\n"


def main() -> int:
    """Build what is missing, measure each collection, print the table."""
    parser = argparse.ArgumentParser(description="Search over many passages.")
    parser.add_argument("--from", dest="source", type=Path, required=True, help="data directory to take reports from")
    parser.add_argument("--work", type=Path, required=True, help="folder for the collections; kept for the next run")
    parser.add_argument("--passages", type=int, action="append", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--exact", action="store_true", help="without the vector index, as while it is being built")
    options = parser.parse_args()
    say = sys.stdout.write
    say("| passages | p50 ms | p95 ms | p50 with embedding | p95 with embedding | memory GB | disk GB |\n")
    say("|---|---|---|---|---|---|---|\n")
    for num_passages in options.passages:
        folder = options.work / f"{num_passages}"
        began = time.perf_counter()
        build(options.source, folder, num_passages)
        sys.stderr.write(f"{num_passages}: built in {time.perf_counter() - began:.0f} s\n")
        say(measure(folder, Settings(), rounds=options.rounds, exact=options.exact))
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
