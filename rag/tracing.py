"""Where a question's time goes, for whoever follows it: nothing by default, OpenTelemetry where a server is told to.

Names and attributes are those of OpenTelemetry's semantic conventions for generative AI (``gen_ai.*``), our own begin
with ``report_qa.``; no room needs its packages.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

Attributes = Mapping[str, str | int | float]
Note = Callable[[Attributes], None]
T = TypeVar("T")


class Tracer:
    """Follows nothing. Whoever follows overrides both methods."""

    @contextmanager
    def span(
        self, name: str, attributes: Attributes | None = None, *, received: Mapping[str, str] | None = None
    ) -> Iterator[Note]:
        """Follow a block of code; what it finds out is noted.

        ``received`` are the headers of a request from outside, which may belong to a trace begun there.
        """
        yield lambda attributes: None

    def steps(
        self,
        name: str,
        items: Generator[T, None, None],
        attributes: Attributes,
        learnt: Callable[[T], Attributes],
    ) -> Generator[T, None, None]:
        """Follow a generator from its first item until it ends, fails or is closed; ``learnt`` reads each item."""
        return items

    def close(self) -> None:
        """Hand over what was followed."""
