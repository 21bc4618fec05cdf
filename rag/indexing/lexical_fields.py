"""The fields of the lexical index: how a passage becomes a tantivy document, and a question a tantivy query."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import tantivy

from rag.language.terms import terms
from rag.types import Passage

SPARE_HITS = 20
FIELD_WEIGHTS = (("body", 1.0), ("header", 0.5))
NOTE = "note"

Clause = tuple[tantivy.Occur, tantivy.Query]


def make_schema() -> tantivy.Schema:
    """Return the schema: ids as they are, the terms of body and header with their counts, and a note for ourselves."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("report_id", tokenizer_name="raw", index_option="basic")
    for name in ("body", "header"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    builder.add_bytes_field(NOTE, stored=True)
    return builder.build()


def document(passage: Passage) -> tantivy.Document:
    """Make a passage's document; its terms are ours, tantivy only splits at spaces."""
    return tantivy.Document(
        passage_id=passage.passage_id,
        report_id=passage.report_id,
        body=" ".join(terms(passage.text)),
        header=" ".join(terms(passage.header)),
    )


def note(text: str) -> tantivy.Document:
    """Make the one document that is no passage: a note of what the index holds."""
    return tantivy.Document(report_id=NOTE, note=text.encode())


def of_note(schema: tantivy.Schema) -> tantivy.Query:
    """Ask for the note."""
    return tantivy.Query.term_query(schema, "report_id", NOTE, "basic")


def scored(schema: tantivy.Schema, wanted: Iterable[str]) -> tantivy.Query:
    """Ask for passages with any of the terms; the score is the sum of BM25 over terms and fields, a field weighted."""
    return tantivy.Query.boolean_query(
        [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(schema, name, term, "freq"), weight),
            )
            for term in wanted
            for name, weight in FIELD_WEIGHTS
        ]
    )


def within(schema: tantivy.Schema, report_ids: Collection[str]) -> Clause:
    """Make the clause that a passage is of one of these reports, which does not score."""
    query = tantivy.Query.term_set_query(schema, "report_id", sorted(report_ids))
    return tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)


def count(index: tantivy.Index, schema: tantivy.Schema, report_id: str) -> int:
    """Return how many passages of a report the index holds."""
    query = tantivy.Query.term_query(schema, "report_id", report_id, "basic")
    return int(index.searcher().search(query, 1).count)  # type: ignore[attr-defined]


def best(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> list[tuple[str, float]]:
    """Return the ``limit`` best passage ids with their scores, ties by id; a few more are fetched to see the ties."""
    hits = searcher.search(query, limit + SPARE_HITS, count=False).hits
    found = [(str(searcher.doc(address).get_first("passage_id")), float(score)) for score, address in hits]
    return sorted(found, key=lambda hit: (-round(hit[1], 5), hit[0]))[:limit]
