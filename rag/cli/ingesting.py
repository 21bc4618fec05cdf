"""ingest, watch, fetch, remove, reindex, worker."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rag.cli.output import opened_service, say, say_json, say_table
from rag.config import load_settings
from rag.errors import BadInputError
from rag.ingesting.pages import hosts_of, read_addresses, sitemap_pages
from rag.ingesting.watching import watch as follow
from rag.ingesting.web import Web
from rag.ingesting.worker import open_worker
from rag.types import IngestProgress, IngestSummary

DONE, SOME_REFUSED, NOTHING_READ = 0, 1, 2
MAX_NAME_CHARS = 36
OnProgress = Callable[[IngestProgress], None]


def ingest(options: argparse.Namespace) -> int:
    """Take in files; 0: all are in, 1: some were refused, 2: nothing could be read."""
    if missing := [path for path in options.paths if not path.exists()]:
        raise BadInputError(f"{missing[0]} does not exist")
    with opened_service() as service, _progress(options.json) as on_progress:
        summary = service.ingest(options.paths, prune=options.prune, on_progress=on_progress)
    return _show(summary, as_json=options.json)


def watch(options: argparse.Namespace) -> int:
    """Take in what lies under some paths and what changes there, until a signal comes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def show(summary: IngestSummary) -> None:
        if any((summary.new, summary.changed, summary.refused, summary.removed)):
            _show(summary, as_json=options.json)

    with opened_service() as service, suppress(KeyboardInterrupt):
        follow(service.ingest, options.paths, leave_out=load_settings().data_dir, on_summary=show, prune=options.prune)
    return DONE


def fetch(options: argparse.Namespace) -> int:
    """Take in pages of the web; codes as those of ingest."""
    addresses, max_bytes = read_addresses(options.sources), load_settings().max_file_bytes
    web = Web({*hosts_of(addresses), *options.host}, max_bytes=max_bytes)
    pages = sitemap_pages(web, addresses, limit=options.limit) if options.sitemap else addresses[: options.limit]
    with opened_service() as service, _progress(options.json) as on_progress:
        summary = service.ingest_pages(pages, web, on_progress)
    return _show(summary, as_json=options.json)


def remove(options: argparse.Namespace) -> int:
    """Take reports out by id."""
    with opened_service() as service:
        removed = service.remove(options.ids)
    say(*(f"removed {report_id}" for report_id in removed))
    return DONE


def reindex(_: argparse.Namespace) -> int:
    """Make passages, vectors and both indexes anew, with the model the settings name."""
    with opened_service() as service:
        service.reindex()
        say(f"reindexed {len(service.reports())} reports")
    return DONE


def worker(_: argparse.Namespace) -> int:
    """Take in the uploads of all servers until told to stop; the one under way is finished first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_worker(load_settings()) as jobs:
        jobs.start()
        sys.stderr.write("report-qa: taking uploads in · stop with Ctrl-C\n")
        stop.wait()
    return DONE


@contextmanager
def _progress(as_json: bool) -> Iterator[OnProgress | None]:
    """Show a bar on a terminal; nothing elsewhere."""
    if as_json or not sys.stderr.isatty():
        yield None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def show(progress: IngestProgress) -> None:
            left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
            rate = f"{progress.passages_per_second:.0f} passages/s{left}"
            pages = f" · {progress.pages_done}/{progress.pages_total} pages" if progress.pages_total else ""
            name = progress.file[-MAX_NAME_CHARS:].replace("[", "\\[") + pages
            bar.update(task, completed=progress.files_done, total=progress.files_total, rate=rate, description=name)

        yield show


def _show(summary: IngestSummary, *, as_json: bool) -> int:
    if as_json:
        say_json(summary)
    else:
        _tell(summary)
    sys.stdout.flush()
    return _exit_code(summary)


def _tell(summary: IngestSummary) -> None:
    counts = {
        "new": summary.new,
        "changed": summary.changed,
        "unchanged": summary.unchanged,
        "refused": summary.refused,
        "removed": summary.removed,
    }
    told = ", ".join(f"{len(paths)} {name}" for name, paths in counts.items() if paths) or "no files"
    say(f"{told} · {summary.num_passages} passages in {summary.seconds:.1f} s")
    if summary.refused:
        say_table(("refused", "reason"), ((each.path, each.reason) for each in summary.refused))


def _exit_code(summary: IngestSummary) -> int:
    if not (summary.new or summary.changed or summary.unchanged or summary.removed):
        why = "all files were refused" if summary.refused else "there are no files under the given paths"
        sys.stderr.write(f"report-qa: nothing could be read: {why}\n")
        return NOTHING_READ
    return SOME_REFUSED if summary.refused else DONE
