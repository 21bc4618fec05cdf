"""Which texts of a report get vectors, and which text stands for each sentence."""

from __future__ import annotations

from bisect import bisect_right

from rag.catalogue import embedded_text
from rag.evidence import sentences_of
from rag.types import Report

MIN_SENTENCE_CHARS = 10


def sentence_vector_texts(report: Report) -> list[str]:
    """Return for each sentence, in text order, the text whose vector is its own.

    A sentence that fills its passage, or is too short to mean much alone, shares its passage's vector: it would cost a
    computation and tell nothing new.
    """
    starts = [passage.start for passage in report.passages]
    texts = []
    for sentence in sentences_of(report):
        place = bisect_right(starts, sentence.start) - 1
        passage = report.passages[place] if place >= 0 else None
        covered = passage is not None and sentence.end <= passage.end
        fills = covered and passage is not None and sentence.end - sentence.start == passage.end - passage.start
        shares = fills or (covered and len(sentence.text) < MIN_SENTENCE_CHARS)
        texts.append(embedded_text(passage) if shares and passage is not None else sentence.text)
    return texts


def texts_to_embed(report: Report) -> list[str]:
    """Return every text of a report that has a vector, each once: its passages with their headers, its sentences."""
    passages = [embedded_text(passage) for passage in report.passages]
    return list(dict.fromkeys(passages + sentence_vector_texts(report)))
