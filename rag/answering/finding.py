"""Finding the sentences that answer one need: one topic, one place, one period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rag.corpus import Corpus
from rag.evidence import Sentence
from rag.folding import fold
from rag.lexical import LexicalIndex
from rag.matching import Matcher, Synonym, make_matcher
from rag.retrieval import QueryEmbedder, Retriever, Search
from rag.scoring import Scored, score_sentences
from rag.wanted import Wanted
from rag.writing.words import pattern

MAX_SENTENCES = 4_000
CANDIDATE_PASSAGES = 60
MEANING_WEIGHT = 0.7
MEANING_SCALE = 4.0
SHORT_PENALTY = 0.02
SHORT_CHARS = 12


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to find: content ``phrases`` in ``report_ids``, of the kind ``wanted``.

    ``text`` is the search text for meaning, without place and period; ``indicators`` are all wordings of the
    indicators it names, ``subperiods`` the quarters or half years.
    """

    text: str
    phrases: tuple[str, ...]
    report_ids: tuple[str, ...]
    wanted: Wanted = field(default_factory=Wanted)
    synonyms: tuple[Synonym, ...] = ()
    indicators: tuple[str, ...] = ()
    subperiods: tuple[str, ...] = ()
    english: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a need, best first, with the matcher that scored it."""

    need: Need
    matcher: Matcher
    scored: tuple[Scored, ...]


class Finder:
    """Scores sentences for a need by words, context, kind of figure, period and meaning."""

    def __init__(self, *, retriever: Retriever, lexical: LexicalIndex, embedder: QueryEmbedder) -> None:
        self._retriever = retriever
        self._lexical = lexical
        self._embedder = embedder

    def find(self, need: Need, corpus: Corpus) -> Found:
        """Return the sentences in scope, best first; none when nothing is in scope."""
        matcher = make_matcher(
            need.phrases,
            synonyms=need.synonyms,
            document_frequency=self._lexical.document_frequency,
            num_documents=max(1, self._lexical.num_passages),
        )
        sentences = [row for row in self._candidates(need, corpus) if not speaks_to_machines(row.text)]
        scored = score_sentences(sentences, matcher, need.wanted)
        return Found(need, matcher, tuple(self._with_meaning(need, scored, corpus)))

    def _candidates(self, need: Need, corpus: Corpus) -> list[Sentence]:
        """All sentences of the reports in scope when they are few, else those of the best passages."""
        if sum(corpus.summaries[key].num_characters for key in need.report_ids) < MAX_SENTENCES * 40:
            return [sentence for key in need.report_ids for sentence in corpus.sentences(key)]
        expansions = tuple((synonym.phrase, synonym.weight) for synonym in need.synonyms)
        hits = self._retriever.find(Search(need.text, expansions, need.report_ids), corpus, limit=CANDIDATE_PASSAGES)
        return [
            sentence
            for hit in hits
            for sentence in corpus.sentences_between(hit.passage.report_id, hit.passage.start, hit.passage.end)
        ]

    def _with_meaning(self, need: Need, scored: Sequence[Scored], corpus: Corpus) -> Iterable[Scored]:
        query = self._embedder.embed_query(need.text)
        nearness: dict[str, NDArray[np.float32]] = {}
        rows = []
        for row in scored:
            report_id = row.sentence.report_id
            if report_id not in nearness:
                nearness[report_id] = self._nearness(report_id, query, corpus)
            meaning = float(nearness[report_id][row.sentence.ordinal])
            rows.append(replace(row, meaning=meaning, score=row.score + MEANING_WEIGHT * _squash(meaning)))
        return sorted(rows, key=lambda row: (-row.score, row.sentence.report_id, row.sentence.start))

    def _nearness(self, report_id: str, query: NDArray[np.float32], corpus: Corpus) -> NDArray[np.float32]:
        """Standard deviations by which each sentence of a report is nearer than its mean; short ones look too near."""
        lengths = np.array([len(sentence.text) for sentence in corpus.sentences(report_id)], dtype=np.float32)
        scores = corpus.sentence_vectors(report_id) @ query - SHORT_PENALTY * np.exp(-lengths / SHORT_CHARS)
        return _standard(scores.astype(np.float32))


def speaks_to_machines(text: str) -> bool:
    """Say whether a sentence gives orders to a machine instead of telling the reader something."""
    return bool(pattern("instruction").search(fold(text)))


def _standard(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Express cosines as standard deviations above a report's mean: what is near here is near for this report."""
    spread = float(scores.std()) if scores.size else 0.0
    return (scores - scores.mean()) / spread if spread else np.zeros_like(scores)


def _squash(deviations: float) -> float:
    return max(0.0, min(1.0, deviations / MEANING_SCALE))
