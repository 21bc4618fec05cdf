"""Which model is set: one line of ``report-qa.toml``, whose other lines and comments stay."""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from rag.errors import ConfigurationError, StorageError

FILE = "report-qa.toml"


def set_model(llm: str | None, folder: Path) -> Path:
    """Write the setting ``llm`` (``provider:model``) into the settings file of ``folder``, or take it out; return it.

    Raises:
        ConfigurationError: the file is no TOML.
        StorageError: it cannot be written.
    """
    path = (folder / FILE).resolve()
    try:
        document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
        if llm is not None:
            document["llm"] = llm
        elif "llm" in document:
            del document["llm"]
        _write(path, tomlkit.dumps(document))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}; mend that line first") from error
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror}; set REPORT_QA_LLM={llm or ''} instead") from error
    return path


def _write(path: Path, text: str) -> None:
    """Put the file in place whole, as private as it was: it may hold keys."""
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o600
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(0o600)
    draft.write_text(text, "utf-8")
    draft.chmod(mode)
    draft.replace(path)
