"""key add, key list, key remove."""

from __future__ import annotations

import argparse
import sys

from rag.cli.output import opened_service, say, say_table


def add(options: argparse.Namespace) -> int:
    """Make a key and write it, this once."""
    with opened_service() as service:
        key = service.keys.add(options.name, options.scope)
    say(key)
    sys.stderr.write(
        "report-qa: keep it now, it is not shown again; servers over this data ask for a key from now on\n"
    )
    return 0


def list_all(_: argparse.Namespace) -> int:
    """List the keys, without what opens."""
    with opened_service() as service:
        say_table(("name", "scope", "made"), [(key.name, key.scope, key.made) for key in service.keys.all()])
    return 0


def remove(options: argparse.Namespace) -> int:
    """Forget a key; servers that run refuse it at once."""
    with opened_service() as service:
        service.keys.remove(options.name)
    return 0
