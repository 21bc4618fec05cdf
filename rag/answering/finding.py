"""Finding the sentences that answer one need: one topic, one place, one period."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.answering.clause_meaning import ClauseEmbedder, ClauseMeaning
from rag.corpus import Corpus
from rag.evidence import Sentence
from rag.folding import fold
from rag.lexical import LexicalIndex
from rag.matching import Matcher, Synonym, make_matcher, make_translated_matcher
from rag.retrieval import Retriever, Search
from rag.scoring import Scored, score_sentences
from rag.sentences import Span
from rag.wanted import Wanted
from rag.writing.words import pattern

MAX_SENTENCES = 4_000
CANDIDATE_PASSAGES = 60
MEANING_WEIGHT = 0.7
MEANING_SCALE = 4.0
SHORT_PENALTY = 0.02
SHORT_CHARS = 12
WEIGHED_AGAIN = 12
WEIGHED_OF_A_REPORT = 8
CLAUSE_WEIGHT, CLAUSE_OFFSET, CLAUSE_MOST = 0.8, 1.0, 1.2
PASSAGE_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to find: content ``phrases`` in ``report_ids``, of the kind ``wanted``.

    ``text`` is the search text for meaning, without place and period; ``indicators`` are all wordings of the
    indicators it names, ``topic`` the part of a question it is for where that names several, ``subperiods`` the
    quarters or half years, ``zone`` a town or park within the place, ``demanded`` what a sentence must hold to answer.
    """

    text: str
    phrases: tuple[str, ...]
    report_ids: tuple[str, ...]
    wanted: Wanted = field(default_factory=Wanted)
    synonyms: tuple[Synonym, ...] = ()
    indicators: tuple[str, ...] = ()
    foreign: frozenset[str] = frozenset()
    topic: str = ""
    subperiods: tuple[str, ...] = ()
    zone: str = ""
    demanded: tuple[re.Pattern[str], ...] = ()
    english: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a need, best first, with the matcher that scored it."""

    need: Need
    matcher: Matcher
    scored: tuple[Scored, ...]


class Finder:
    """Scores sentences for a need by words, context, kind of figure, period and meaning.

    Where no figure is asked for, the best sentences are weighed again by their nearest clause and their passage.
    """

    def __init__(self, *, retriever: Retriever, lexical: LexicalIndex, embedder: ClauseEmbedder) -> None:
        self._retriever = retriever
        self._lexical = lexical
        self._embedder = embedder
        self._clauses = ClauseMeaning(embedder)

    def find(self, need: Need, corpus: Corpus) -> Found:
        """Return the sentences in scope, best first; none when nothing is in scope."""
        make = make_translated_matcher if need.english else make_matcher
        matcher = make(
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

    def _with_meaning(self, need: Need, scored: Sequence[Scored], corpus: Corpus) -> list[Scored]:
        query = self._embedder.embed_query(need.text)
        near = {key: Nearness(key, query, corpus) for key in dict.fromkeys(row.sentence.report_id for row in scored)}
        rows = []
        for row in scored:
            meaning = float(near[row.sentence.report_id].sentences[row.sentence.ordinal])
            rows.append(replace(row, meaning=meaning, score=row.score + MEANING_WEIGHT * _squash(meaning)))
        rows = best_first(rows)
        return rows if need.wanted.asks_figure else self._weighed_again(rows, query, near, corpus)

    def _weighed_again(
        self, rows: Sequence[Scored], query: NDArray[np.float32], near: Mapping[str, Nearness], corpus: Corpus
    ) -> list[Scored]:
        """Take the meaning of the best sentences from their nearest clause and the passage they stand in."""
        counts: Counter[str] = Counter()
        first: list[Scored] = []
        for row in rows:
            counts[row.sentence.report_id] += 1
            if counts[row.sentence.report_id] <= WEIGHED_OF_A_REPORT and len(first) < WEIGHED_AGAIN:
                first.append(row)
        nearest = self._clauses.nearest(query, [row.sentence.text for row in first])
        again = {}
        for row, (cosine, part) in zip(first, nearest, strict=True):
            here = near[row.sentence.report_id]
            clause = (here.deviations(cosine) - CLAUSE_OFFSET) / MEANING_SCALE
            gained = CLAUSE_WEIGHT * max(0.0, min(CLAUSE_MOST, clause))
            gained += PASSAGE_WEIGHT * _squash(here.of_passage(row.sentence.start))
            score = row.score - MEANING_WEIGHT * _squash(row.meaning) + gained
            start = row.sentence.start
            again[row.sentence] = replace(row, score=score, nearest=Span(start + part.start, start + part.end))
        return best_first([again.get(row.sentence, row) for row in rows])


class Nearness:
    """How near the sentences and passages of one report are to a query, in standard deviations above their mean."""

    def __init__(self, report_id: str, query: NDArray[np.float32], corpus: Corpus) -> None:
        """Compare all of them; short sentences look nearer than they are and lose a little."""
        lengths = np.array([len(sentence.text) for sentence in corpus.sentences(report_id)], dtype=np.float32)
        penalties = (SHORT_PENALTY * np.exp(-lengths / SHORT_CHARS)).astype(np.float32)
        cosines = corpus.sentence_vectors(report_id) @ query - penalties
        self._mean, self._spread = _mean_and_spread(cosines)
        self._starts = [passage.start for passage in corpus.report(report_id).passages]
        passages = corpus.vectors(report_id) @ query
        mean, spread = _mean_and_spread(passages)
        self.sentences = (cosines - self._mean) / self._spread
        self.passages = (passages - mean) / spread

    def deviations(self, cosine: float) -> float:
        """Express a cosine on the scale of the report's sentences."""
        return (cosine - self._mean) / self._spread

    def of_passage(self, position: int) -> float:
        """Return the nearness of the passage in which ``position`` lies; 0 for a report without passages."""
        place = bisect_right(self._starts, position) - 1
        return float(self.passages[max(0, place)]) if self._starts else 0.0


def best_first(rows: Iterable[Scored]) -> list[Scored]:
    """Sort scored sentences by score; ties in text order."""
    return sorted(rows, key=lambda row: (-row.score, row.sentence.report_id, row.sentence.start))


@lru_cache(maxsize=100_000)
def speaks_to_machines(text: str) -> bool:
    """Say whether a sentence gives orders to a machine instead of telling the reader something."""
    return bool(pattern("instruction").search(fold(text)))


def _mean_and_spread(scores: NDArray[np.float32]) -> tuple[float, float]:
    """Return mean and standard deviation of cosines, (0, 1) for none: what is near here is near for this report."""
    spread = float(scores.std()) if scores.size else 0.0
    return (float(scores.mean()) if scores.size else 0.0), spread or 1.0


def _squash(deviations: float) -> float:
    return max(0.0, min(1.0, deviations / MEANING_SCALE))
