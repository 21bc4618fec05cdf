"""The invented counties, with a language model that says what a test writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.bootstrap import open_service
from rag.config import Settings
from rag.indexing.embedding import Embedder
from rag.service import Service
from tests.rag.answering_reports import FILES
from tests.rag.scripted import Script, ScriptedChat, chat

Speaking = Callable[..., tuple[Service, ScriptedChat]]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, models_dir: Path) -> Settings:
    """Settings of a data directory that holds the counties' reports."""
    folder = tmp_path_factory.mktemp("counties")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    settings = Settings(data_dir=folder / "data", models_dir=models_dir)
    service = open_service(settings, embedder=embedder)
    assert len(service.ingest([folder / name for name in FILES]).new) == len(FILES)
    service.close()
    return settings


@pytest.fixture
def speaking(settings: Settings, embedder: Embedder) -> Iterator[Speaking]:
    """Make the service with a model that follows a script, and the model."""
    opened: list[Service] = []

    def speak(
        script: Script, *, timeout_seconds: float = 5.0, evidence_chars: int | None = None
    ) -> tuple[Service, ScriptedChat]:
        adapter, model = chat(script, timeout_seconds=timeout_seconds)
        shown = settings.model_copy(update={"llm_evidence_chars": evidence_chars})
        service = open_service(shown, embedder=embedder, chat_model=adapter)
        opened.append(service)
        return service, model

    yield speak
    for service in opened:
        service.close()
