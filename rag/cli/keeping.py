"""doctor, backup, restore, migrate-to."""

from __future__ import annotations

import argparse
import sys

from rag.cli.output import opened_service, say
from rag.config import load_settings
from rag.storing.copying import migrate

SOUND, FAULTY = 0, 1


def doctor(_: argparse.Namespace) -> int:
    """Check everything; 0: all is in order, 1: something is not, with what mends it."""
    settings = load_settings()
    with opened_service() as service:
        checks, readiness = service.examine(), service.ready()
    for name, state in readiness.checks.items():
        say(f"{'ok ' if readiness.ready else '-- '} {name}: {state}")
    for check in checks:
        say(f"{'ok ' if check.holds else 'BAD'} {check.name}: {check.found}")
    say(f"    answers: {settings.llm or 'evidence'} (REPORT_QA_LLM=provider:model switches to a language model)")
    if readiness.ready and all(check.holds for check in checks):
        return SOUND
    sys.stderr.write("report-qa: something is wrong; `report-qa reindex` makes vectors and indexes anew\n")
    return FAULTY


def backup(options: argparse.Namespace) -> int:
    """Write all reports into one file, while a service may be running."""
    with opened_service() as service:
        service.backup(options.file)
        say(f"{len(service.reports())} reports are in {options.file}")
    return SOUND


def restore(options: argparse.Namespace) -> int:
    """Put a backup in place of what is there."""
    with opened_service() as service:
        service.restore(options.file)
        say(f"{len(service.reports())} reports are back")
    return SOUND


def migrate_to(options: argparse.Namespace) -> int:
    """Copy the catalogue of the data directory into an empty database; every row is compared after it arrived."""
    counts = migrate(load_settings().data_dir, options.url)
    say(", ".join(f"{count} {table}" for table, count in counts.items() if count) or "there was nothing to copy")
    say("set REPORT_QA_DATABASE_URL to it for every server; the file stays as it was")
    return SOUND
