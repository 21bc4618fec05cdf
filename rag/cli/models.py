"""model get, list, use, none."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rag.answering.llm import LOCAL, load_chat_model
from rag.answering.local_llm import require_llama_cpp
from rag.cli.output import say, say_table
from rag.config import load_settings
from rag.models.choosing import meant_by, set_model
from rag.models.fetching import fetch, place
from rag.models.ollama import Ollama
from rag.models.recommended import RECOMMENDED, SUFFIX, find_file


def get(options: argparse.Namespace) -> int:
    """Fetch a file and set it."""
    require_llama_cpp()
    return _set(f"{LOCAL}:{fetch(find_file(options.name), _folder())}")


def use(options: argparse.Namespace) -> int:
    """Set a model that is there; no name: none."""
    return _set(meant_by(options.name, _folder()) if options.name else None)


def list_models(_: argparse.Namespace) -> int:
    """List what is recommended, what is here, and what Ollama has."""
    columns = ("model", "state", "disk", "memory", "an answer on 4 cores", "set it by")
    say_table(columns, _rows(_folder(), load_settings().llm))
    return 0


def _rows(folder: Path, llm: str | None) -> Iterator[tuple[str, ...]]:
    here = ("here", "set")
    for each in RECOMMENDED:
        path = place(folder, each.file)
        needs = (f"{each.num_bytes / 10**9:.1f} GB", f"{each.memory_gb:g} GB", f"about {each.answer_seconds} s")
        state = here[f"{LOCAL}:{path}" == llm] if path.is_file() else ""
        yield each.name, state, *needs, "model use" if state else "model get"
    known = {place(folder, each.file) for each in RECOMMENDED}
    for path in sorted({*folder.rglob(f"*{SUFFIX}")} - known):
        yield str(path), here[f"{LOCAL}:{path}" == llm], f"{path.stat().st_size / 10**9:.1f} GB", "", "", "model use"
    for name in Ollama().models() or ():
        yield f"ollama:{name}", here[f"ollama:{name}" == llm], "", "", "", "model use"


def _set(llm: str | None) -> int:
    load_chat_model(load_settings().model_copy(update={"llm": llm}))
    path = set_model(llm, Path.cwd())
    say(f"answers: {llm or 'evidence'} (in {path}); a service that is running needs a restart")
    if (load_settings().llm or None) != llm:
        say("REPORT_QA_LLM in the environment says otherwise and goes first: unset it")
    return 0


def _folder() -> Path:
    return load_settings().data_dir.absolute() / "models"
