"""The fields of the lexical index: how a passage becomes a tantivy document, and a question a tantivy query."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import tantivy

from rag.asking.words import word_lists
from rag.terms import terms
from rag.types import Passage

UNKNOWN = "?"
SPARE_HITS = 20

Clause = tuple[tantivy.Occur, tantivy.Query]


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """How much a term counts in a passage's own words and in its header (place, period, title, headings)."""

    body: float = 1.0
    header: float = 0.5


def make_schema() -> tantivy.Schema:
    """Return the schema: ids and place as they are, years, and the terms of body and header with their counts."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("report_id", "place"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("years", tokenizer_name="whitespace", index_option="basic")
    for name in ("body", "header"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def document(passage: Passage) -> tantivy.Document:
    """Make a passage's document; its terms are ours, tantivy only splits at spaces."""
    return tantivy.Document(
        passage_id=passage.passage_id,
        report_id=passage.report_id,
        place=passage.place or UNKNOWN,
        years=" ".join(map(str, passage.years)) or UNKNOWN,
        body=" ".join(terms(passage.text)),
        header=" ".join(terms(passage.header)),
    )


def wanted_terms(text: str, also: Sequence[tuple[str, float]] = ()) -> dict[str, float]:
    """Return the terms to look for with their weights: 1 for those of ``text``, less for those of ``also``.

    English words without meaning of their own are left out, unless there is nothing else: among Chinese passages they
    are rare and would weigh much.
    """
    stop = word_lists().english_stop
    further = sorted(((term, weight) for other, weight in also for term in terms(other)), key=lambda row: row[1])
    own = terms(text)
    return dict(further) | dict.fromkeys([term for term in own if term not in stop] or own, 1.0)


def rareness(document_frequency: int, num_documents: int) -> float:
    """Return the inverse document frequency of BM25, above 0.

    Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", as in Lucene.
    """
    return math.log(1 + (num_documents - document_frequency + 0.5) / (document_frequency + 0.5))


def scored(schema: tantivy.Schema, wanted: Mapping[str, float], weights: FieldWeights) -> tantivy.Query:
    """Ask for passages with any of the terms; the score is the sum of BM25 over terms and fields, both weighted."""
    fields = [("body", weights.body), ("header", weights.header)]
    return tantivy.Query.boolean_query(
        [
            (tantivy.Occur.Should, tantivy.Query.boost_query(_term(schema, name, term), weight * share))
            for term, share in wanted.items()
            for name, weight in fields
            if weight > 0
        ]
    )


def _term(schema: tantivy.Schema, name: str, term: str) -> tantivy.Query:
    return tantivy.Query.term_query(schema, name, term, "freq")


def filters(
    schema: tantivy.Schema,
    report_ids: Collection[str] | None,
    places: Collection[str] | None,
    years: Collection[int] | None,
) -> list[Clause]:
    """Make the clauses that a passage must meet and that do not score; None does not limit."""
    wanted: dict[str, list[str]] = {}
    if report_ids is not None:
        wanted["report_id"] = sorted(report_ids)
    if places is not None:
        wanted["place"] = [*sorted(places), UNKNOWN]
    if years is not None:
        wanted["years"] = [*map(str, sorted(years)), UNKNOWN]
    sets = [tantivy.Query.term_set_query(schema, name, values) for name, values in wanted.items()]
    return [(tantivy.Occur.Must, tantivy.Query.const_score_query(each, 0.0)) for each in sets]


def count_report(index: tantivy.Index, schema: tantivy.Schema, report_id: str) -> int:
    """Return how many passages of a report the index holds."""
    query = tantivy.Query.term_query(schema, "report_id", report_id, "basic")
    return int(index.searcher().search(query, 1).count)  # type: ignore[attr-defined]


def best(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> list[tuple[str, float]]:
    """Return the ``limit`` best passage ids with their scores, ties by id; a few more are fetched to see the ties."""
    hits = searcher.search(query, limit + SPARE_HITS, count=False).hits
    found = [(str(searcher.doc(address).get_first("passage_id")), float(score)) for score, address in hits]
    return sorted(found, key=lambda hit: (-round(hit[1], 5), hit[0]))[:limit]
