"""Settings: from ``REPORT_QA_*`` in the environment and ``report-qa.toml`` in the working directory."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from rag.errors import ConfigurationError

PREFIX = "REPORT_QA_"
IGNORED = frozenset({"corpus", "test_gguf"})


class Settings(BaseModel):
    """Every setting, with its default. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Path("data")
    database_url: str | None = None
    store_url: str | None = None
    serve_takes_uploads: bool | None = None
    models_dir: Path | None = None
    embedding_model: str = "bundled"
    embedding_threads: int = Field(default=0, ge=0)
    llm: str | None = None
    llm_base_url: str | None = None
    llm_api_key: str | None = None
    llm_timeout_seconds: float = Field(default=60, gt=0)
    llm_max_tokens: int = Field(default=1_500, gt=0)
    llm_evidence_chars: int | None = Field(default=None, ge=200)
    chroma_url: HttpUrl | None = None
    api_key: str | None = None
    max_file_bytes: int = Field(default=100_000_000, gt=0)
    max_question_chars: int = Field(default=2_000, gt=0)
    max_concurrent_questions: int = Field(default=2, gt=0)
    requests_per_minute: int = Field(default=0, ge=0)
    log_questions: bool = False
    otlp_endpoint: str | None = None
    parse_timeout_seconds: float = Field(default=120, gt=0)
    parse_memory_bytes: int = Field(default=2_000_000_000, gt=0)
    parse_workers: int = Field(default=1, gt=0)

    @property
    def models_folder(self) -> Path:
        """Where the bundled model is unpacked."""
        return self.models_dir or self.data_dir / "models"


def _file_values(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error


def load_settings(environment: dict[str, str] | None = None, *, folder: Path | None = None, **given: Any) -> Settings:
    """Read settings; what is ``given`` wins over the environment, and that over ``report-qa.toml``.

    Raises:
        ConfigurationError: a key is unknown or a value is wrong; the message names it.
    """
    values = _file_values((folder or Path.cwd()) / "report-qa.toml")
    environment = dict(os.environ) if environment is None else environment
    if endpoint := environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        values["otlp_endpoint"] = endpoint
    for key, value in environment.items():
        name = key.removeprefix(PREFIX).lower()
        if key.startswith(PREFIX) and name not in IGNORED:
            values[name] = value
    try:
        return Settings(**values | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        known = ", ".join(sorted(Settings.model_fields))
        mend = f"; known settings: {known}" if first["type"] == "extra_forbidden" else ""
        raise ConfigurationError(f"setting {PREFIX}{name.upper()}: {first['msg']}{mend}") from error
