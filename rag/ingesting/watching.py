"""Watch folders: what changes in them is taken in a moment after it came to rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import watchfiles

from rag.errors import BadInputError, LockedError, StorageAwayError
from rag.ingesting.candidates import find_files
from rag.reading.sidecar import SUFFIX
from rag.types import IngestSummary

REST_MS = 1_000
LONGEST_WAIT_MS = 10_000
logger = logging.getLogger(__name__)


class Ingest(Protocol):
    """Whatever takes files in."""

    def __call__(self, paths: Sequence[Path], *, prune: bool) -> IngestSummary:
        """Take in what lies under some paths; refusals are in the summary."""


def watch(
    ingest: Ingest,
    paths: Sequence[Path],
    *,
    leave_out: Path,
    on_summary: Callable[[IngestSummary], None],
    prune: bool = False,
) -> None:
    """Take in what lies under ``paths`` and then what changes there, until interrupted; not what is in ``leave_out``.

    A file is taken in when nothing has changed for a second, at the latest after ten. While another process writes or
    the database is away, changes wait. With ``prune`` all files are looked at at each change, and what is gone dropped.

    Raises:
        BadInputError: a path is not there.
        KeyboardInterrupt: a signal came.
        StorageError: the disk is full.
    """
    roots, private = [path.absolute() for path in paths], leave_out.absolute()
    find_files(roots)
    ticks = watchfiles.watch(
        *roots,
        watch_filter=lambda _, path: not Path(path).is_relative_to(private),
        debounce=LONGEST_WAIT_MS,
        step=REST_MS,
        rust_timeout=REST_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    due, told = set(roots), ""  # all of it, once it is watched
    for found in ticks:
        due |= {Path(path.removesuffix(SUFFIX)) for _, path in found}
        if not due:
            continue
        try:
            files = [path for path in find_files(roots, leave_out=private) if not due.isdisjoint([path, *path.parents])]
            if files or prune:
                on_summary(ingest(roots if prune else files, prune=prune))
            due, told = set(), ""
        except (LockedError, BadInputError):
            pass  # another process writes, or a file went meanwhile: again a second later
        except StorageAwayError as error:
            if str(error) != told:
                logger.warning("%s; changes wait", error)
            told = str(error)
