"""Where a question's time goes, for whoever follows it: nothing by default, OpenTelemetry where a server is told to.

Names and attributes are those of OpenTelemetry's semantic conventions for generative AI (``gen_ai.*``), our own begin
with ``report_qa.``; no room needs its packages.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from rag.types import Answer, Event

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
        """Follow a generator from its first item until it ends, fails or is closed; ``learnt`` reads each item.

        Where nothing is followed, ``learnt`` is not asked: it may only look.
        """
        return items

    def close(self) -> None:
        """Hand over what was followed."""


def follow_question(tracer: Tracer, events: Generator[Event, None, None], words: str) -> Generator[Event, None, None]:
    """Follow the events of a question; its ``words`` are told where there are any."""
    attributes = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "question"}
    told = {"report_qa.question": words} if words else {}
    return tracer.steps("invoke_workflow question", events, attributes | told, _outcome)


def _outcome(event: Event) -> Attributes:
    """Tell what came of a question, never what was said."""
    if not isinstance(event.value, Answer):
        return {}
    answer = event.value
    tokens = {"gen_ai.usage.input_tokens": answer.tokens_in, "gen_ai.usage.output_tokens": answer.tokens_out}
    return {"report_qa.status": answer.status, "report_qa.answered_by": answer.answered_by, **tokens}
