from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from rag.storing import Catalogue
from rag.finding.corpus import Corpus
from rag.old.fusion import FusionWeights, Signals, foreign_share, fuse
from rag.indexing.lexical import LexicalIndex
from rag.indexing.lexical_fields import wanted_terms
from rag.old.retrieval import WITHOUT_POINT, Retriever, Search, take_turns, themes_and_points
from rag.types import Hit, Passage
from rag.indexing.vectors import VectorIndex
from rag.old.widening import MAX_CHARS, widen
from tests.rag.invented import LetterEmbedder, make_report, put

PLACES = ("青岚县", "白鹿市", "石桥区")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path)
    for place in PLACES:
        put(opened, make_report(place))
    yield opened
    opened.close()


def retriever(catalogue: Catalogue, folder: Path, reranker: Backwards | None = None) -> Retriever:
    return Retriever(
        lexical=LexicalIndex(folder / "lexical", catalogue),
        vectors=VectorIndex(folder / "vectors", catalogue),
        embedder=LetterEmbedder(),
        reranker=reranker,
    )


class Backwards:
    """Prefers what it is given last."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float(number) for number, _ in enumerate(texts)]


def ids_of(corpus: Corpus, place: str) -> tuple[str, ...]:
    return tuple(key for key, row in corpus.summaries.items() if row.profile.place == place)


def passage(passage_id: str = "aa:00000") -> Passage:
    report = make_report()
    return replace(report.passages[0], passage_id=passage_id)


def signals(**given: float) -> Signals:
    return Signals(**({"lexical": 0.0, "coverage": 0.0, "whole": 0.0, "sentence": 0.0} | given))


def test_finds_the_passage_that_holds_the_figure(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus = Corpus(catalogue)
    hits = retriever(catalogue, tmp_path).find(Search("白鹿市粮食产量103.5万吨"), corpus)
    assert hits[0].passage.place == "白鹿市"
    assert "103.5万吨" in hits[0].passage.text
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_point_is_at_most_a_little_worse_than_the_theme(catalogue: Catalogue) -> None:
    corpus = Corpus(catalogue)
    passages = [each for key in corpus.summaries for each in corpus.report(key).passages]
    vectors = corpus.passage_vectors(passages)
    for query in (rows[column] for rows in vectors.values() for column in (0, 1)):
        for key, (theme, point) in themes_and_points(query, passages, corpus).items():
            own, *sentences = (vectors[key] @ query).tolist()
            assert theme == pytest.approx(own)
            assert point == pytest.approx(max([own - WITHOUT_POINT, *sentences]))
    own = passages[0].passage_id
    theme, point = themes_and_points(vectors[own][0], passages, corpus)[own]
    assert theme - point == pytest.approx(WITHOUT_POINT, abs=1e-5)


def test_scope_is_hard_and_an_empty_scope_finds_nothing(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus, finder = Corpus(catalogue), retriever(catalogue, tmp_path)
    inside = finder.search(Search("白鹿市粮食产量", report_ids=ids_of(corpus, "石桥区")), corpus)
    assert inside
    assert {hit.passage.place for hit in inside} == {"石桥区"}
    assert finder.search(Search("白鹿市粮食产量", report_ids=()), corpus) == []


def test_a_hit_is_the_text_between_its_offsets(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus = Corpus(catalogue)
    hits = retriever(catalogue, tmp_path).search(Search("学校改造图书室"), corpus)
    for hit in hits:
        found = hit.passage
        assert found.text == corpus.report(found.report_id).text[found.start : found.end]
        assert len(found.text) <= 500


def test_hits_do_not_overlap(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus = Corpus(catalogue)
    hits = retriever(catalogue, tmp_path).search(Search("青岚县新修乡村道路"), corpus, limit=20)
    spans = sorted((hit.passage.report_id, hit.passage.start, hit.passage.end) for hit in hits)
    assert all(first[0] != second[0] or first[2] <= second[1] for first, second in pairwise(spans))


def test_places_take_turns_in_a_comparison(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus = Corpus(catalogue)
    groups = (ids_of(corpus, "青岚县"), ids_of(corpus, "石桥区"))
    search = Search("青岚县粮食产量", report_ids=groups[0] + groups[1], groups=groups)
    hits = retriever(catalogue, tmp_path).search(search, corpus, limit=4)
    assert {hit.passage.place for hit in hits[:2]} == {"青岚县", "石桥区"}
    assert {hit.passage.place for hit in hits[2:]} == {"青岚县", "石桥区"}


def test_taking_turns_names_no_hit_twice() -> None:
    first, second = Hit(passage("aa:00000"), 2.0, 0), Hit(passage("bb:00000"), 1.0, 0)
    assert take_turns([[first, second], [second]]) == [first, second]


def test_the_cross_encoder_orders_the_first_twenty(catalogue: Catalogue, tmp_path: Path) -> None:
    corpus, search = Corpus(catalogue), Search("粮食产量")
    plain = retriever(catalogue, tmp_path).find(search, corpus, limit=100)
    turned = retriever(catalogue, tmp_path, Backwards()).search(search, corpus, limit=100)
    assert turned[0].passage.passage_id == plain[min(19, len(plain) - 1)].passage.passage_id
    assert [hit.score for hit in turned] == sorted((hit.score for hit in turned), reverse=True)


def test_words_that_know_nothing_abstain_before_meaning() -> None:
    found = {"aa:00000": signals(lexical=9, coverage=0.05), "bb:00000": signals(whole=0.9, sentence=0.9)}
    passages = {key: passage(key) for key in found}
    hits = fuse(found, passages, foreign=1.0, weights=FusionWeights())
    assert [hit.passage.passage_id for hit in hits] == ["bb:00000", "aa:00000"]
    assert hits[0].signals["trust"] == 0


def test_words_that_cover_the_question_count_in_full() -> None:
    found = {"aa:00000": signals(lexical=9, coverage=0.8), "bb:00000": signals(whole=0.9, sentence=0.9)}
    passages = {key: passage(key) for key in found}
    hits = fuse(found, passages, foreign=0.0, weights=FusionWeights())
    assert hits[0].passage.passage_id == "aa:00000"


def test_nothing_found_is_no_hits() -> None:
    assert fuse({}, {}, foreign=0.0, weights=FusionWeights()) == []


@pytest.mark.parametrize(("text", "share"), [("", 0.0), ("粮食产量", 0.0), ("grain output", 1.0), ("gdp增长", 0.5)])
def test_the_foreign_share_is_that_of_words_in_an_alphabet(text: str, share: float) -> None:
    assert foreign_share(text) == share


def test_english_words_without_meaning_are_not_looked_for() -> None:
    assert wanted_terms("What is the grain output of Qinglan?") == {"grain": 1.0, "output": 1.0, "qinglan": 1.0}
    assert "what" in wanted_terms("what is")


def test_widening_stays_within_its_length_and_keeps_the_passage_found(catalogue: Catalogue) -> None:
    corpus = Corpus(catalogue)
    passages = corpus.report(ids_of(corpus, "青岚县")[0]).passages
    hits = [Hit(each, 1.0 - 0.1 * number, number + 1) for number, each in enumerate(passages)]
    (widened,) = widen(hits, corpus, limit=1)
    assert widened.passage.start <= passages[0].start < passages[0].end <= widened.passage.end
    assert len(passages[0].text) < len(widened.passage.text) <= MAX_CHARS


def test_a_repeated_statement_of_one_place_and_year_comes_last(tmp_path: Path) -> None:
    catalogue = Catalogue.open(tmp_path)
    for number in range(2):
        report = make_report(source=f"{number}.txt")
        passages = tuple(
            replace(each, report_id=f"{number}", passage_id=f"{number}:{order:05d}")
            for order, each in enumerate(report.passages)
        )
        put(catalogue, replace(report, report_id=f"{number}", passages=passages, figures=()))
    corpus = Corpus(catalogue)
    rows = [corpus.report(key).passages for key in corpus.summaries]
    hits = [Hit(rows[0][0], 3.0, 1), Hit(rows[1][0], 2.0, 2), Hit(rows[0][-1], 1.0, 3)]
    found = [hit.passage.passage_id for hit in widen(hits, corpus, limit=3)]
    assert found == [rows[0][0].passage_id, rows[0][-1].passage_id, rows[1][0].passage_id]
    catalogue.close()
