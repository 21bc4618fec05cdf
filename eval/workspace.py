"""A scratch service over a folder of reports, so that every run starts from the same state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.dataset import Evidence, GoldQuestion, SetPassage, SetQuestion
from eval.run_retrieval import FoundText, SearchFunction
from rag.answering.chat import ChatModel
from rag.bootstrap import open_service
from rag.config import Settings
from rag.errors import BadInputError
from rag.service import Service


@contextmanager
def scratch_service(settings: Settings, corpus: Path, chat_model: ChatModel | None = None) -> Iterator[Service]:
    """Open a service on an empty scratch folder, ingest ``corpus``, and close it afterwards.

    The unpacked model is that of ``settings``, so that it is not unpacked again; ``chat_model`` stands in for the
    language model.

    Raises:
        BadInputError: no file of the corpus can be read.
    """
    with TemporaryDirectory(prefix="report-qa-eval-") as folder:
        scratch: dict[str, Path | None] = {"data_dir": Path(folder), "models_dir": settings.models_folder}
        scratch |= dict.fromkeys(("database_url", "store_url", "chroma_url"))  # nothing of those who ask is touched
        service = open_service(settings.model_copy(update=scratch), chat_model=chat_model)
        try:
            service.ingest([corpus])
            yield service
        finally:
            service.close()


def service_search(service: Service) -> SearchFunction:
    """The service's own search, as evaluation sees it; a question that it refuses to take finds nothing."""
    documents = {report.report_id: Path(report.source).stem for report in service.reports()}

    def search(words: str, limit: int) -> list[FoundText]:
        try:
            hits = service.search(words, limit=limit).hits
        except BadInputError:
            return []
        return [FoundText(documents[hit.passage.report_id], hit.passage.text) for hit in hits]

    return search


def write_passages(passages: Sequence[SetPassage], folder: Path) -> dict[str, str]:
    """Write each passage as a text file, title first; returns the document (file name without ending) of each id."""
    documents = {}
    for number, passage in enumerate(passages):
        documents[passage.id] = f"p{number:06d}"
        path = folder / f"{documents[passage.id]}.txt"
        path.write_text(f"{passage.title}\n\n{passage.text}\n", "utf-8")
    return documents


def as_gold(questions: Sequence[SetQuestion], documents: dict[str, str]) -> tuple[GoldQuestion, ...]:
    """Questions of a passage set as gold questions whose evidence is a whole document.

    A question none of whose passages is there is left out.
    """
    return tuple(
        GoldQuestion(id=row.id, question=row.question, lang=row.lang, type=row.lang, answer="", evidence=evidence)
        for row in questions
        if (evidence := tuple(Evidence(doc=documents[key]) for key in row.all_positives() if key in documents))
    )
