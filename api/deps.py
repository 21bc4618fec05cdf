"""What routes ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.errors import MissingFileError
from api.feedback import FeedbackLog
from api.limits import Slots, Turn
from api.observing.metrics import Metrics
from api.observing.requests import note
from rag.config import Settings
from rag.errors import ReportQAError
from rag.models.ollama import Ollama
from rag.service import Service
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Context:
    """The finished objects an application works with."""

    service: Service
    settings: Settings
    slots: Slots
    metrics: Metrics
    feedback: FeedbackLog
    status_of: Callable[[ReportQAError], int]
    ollama: Ollama

    def note_question(self, question: str) -> None:
        """Put a question into the log, where the settings want that."""
        if self.settings.log_questions:
            note(question=question[: self.settings.max_question_chars])

    def note_answer(self, answer: Answer) -> None:
        """Count an answer, and put into the log what came of the question, never what was said."""
        self.metrics.count_answer(answer)
        note(answer=answer.status, answered_by=answer.answered_by, citations=len(answer.citations))
        note(tokens_in=answer.tokens_in, tokens_out=answer.tokens_out)


def get_context(request: Request) -> Context:
    """Return the application's objects."""
    return cast(Context, request.app.state.context)


def get_service(request: Request) -> Service:
    """Return the service."""
    return get_context(request).service


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: ``name`` is only ever shown, never a path."""

    name: str
    content: bytes


async def read_upload(request: Request) -> Upload:
    """Read the multipart field "file".

    Raises:
        MissingFileError: there is none, or it has no name.
    """
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise MissingFileError('send the report as multipart/form-data, in a field "file" with a file name')
        return Upload(file.filename, await file.read())


async def take_slot(context: Annotated[Context, Depends(get_context)]) -> AsyncIterator[Turn]:
    """Hold a slot until the response is sent, or it is given back.

    Raises:
        BusyError: too many questions wait already.
    """
    async with context.slots.take() as turn:
        yield turn


ContextDep = Annotated[Context, Depends(get_context)]
ServiceDep = Annotated[Service, Depends(get_service)]
UploadDep = Annotated[Upload, Depends(read_upload)]
InTurn = Depends(take_slot)
TurnDep = Annotated[Turn, InTurn]
