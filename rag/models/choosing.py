"""Which model is set: one line of ``report-qa.toml``, whose other lines and comments stay."""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from rag.errors import BadInputError, ConfigurationError, StorageError
from rag.models.fetching import place
from rag.models.recommended import find_file

FILE = "report-qa.toml"
LOCAL = "local"


def meant_by(name: str, folder: Path) -> str:
    """Return ``provider:model`` for a file that is here, or for what is that already; else raise ``BadInputError``."""
    if (given := Path(name).expanduser()).is_file():
        return f"{LOCAL}:{given.absolute()}"
    try:
        path = place(folder, find_file(name))
    except BadInputError:
        if ":" not in name:
            raise
        return name
    if not path.is_file():
        raise BadInputError(f"{name} is not on this machine yet; run `report-qa model get {name}`")
    return f"{LOCAL}:{path}"


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
