from __future__ import annotations

from rag.indexing.reindexing import reindex
from rag.storing import embedded_text
from tests.rag.invented import LetterEmbedder
from tests.rag.workshop import Workshop, faulty, spoil


def texts_of(workshop: Workshop, report_id: str) -> list[str]:
    return [embedded_text(passage) for passage in workshop.catalogue.passages(report_id)]


def test_reindexing_switches_to_another_model(workshop: Workshop) -> None:
    larger = LetterEmbedder(name="letters-32", dimension=32)
    workshop.vectors.refresh()
    texts = {text for each in workshop.catalogue.reports() for text in texts_of(workshop, each.report_id)}
    assert reindex(workshop.catalogue, larger, workshop.indexes) == len(texts)
    assert workshop.catalogue.model == ("letters-32", 32)
    assert workshop.vectors.status == "ready"
    assert len(workshop.vectors.search(larger.embed_query("粮食"), 5)) == 5
    assert faulty(workshop) == set()
    workshop.catalogue.require_model("letters-32", 32)


def test_reindexing_with_the_same_model_embeds_nothing(workshop: Workshop) -> None:
    assert reindex(workshop.catalogue, workshop.embedder, workshop.indexes) == 0


def test_reindexing_mends_vectors_of_other_texts(workshop: Workshop) -> None:
    spoil(workshop, "UPDATE passages SET header = 'another' WHERE position = 1")
    assert "vectors" in faulty(workshop)
    reindex(workshop.catalogue, workshop.embedder, workshop.indexes)
    assert faulty(workshop) == set()
