"""Traces to an OpenTelemetry collector over HTTP: the only module that knows its packages (extra ``otel``).

Source of names: OpenTelemetry's semantic conventions for HTTP servers and for generative AI. The words of questions,
prompts and answers never leave, nor do the messages of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from opentelemetry.context import attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rag.tracing import Attributes, Note, Tracer

T = TypeVar("T")
KINDS = {"chat": SpanKind.CLIENT}


class OpenTelemetryTracer(Tracer):
    """Sends spans in the background; a collector that is away costs no request anything."""

    def __init__(self, endpoint: str) -> None:
        """Send to ``endpoint``; the other ``OTEL_`` variables (headers, service name, sampling) are the packages'."""
        resource = Resource.create({"service.name": "report-qa"}).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("report_qa")

    @contextmanager
    def span(
        self, name: str, attributes: Attributes | None = None, *, received: Mapping[str, str] | None = None
    ) -> Iterator[Note]:
        """Follow a block of code."""
        parent = TraceContextTextMapPropagator().extract(received) if received is not None else None
        kind = SpanKind.INTERNAL if received is None else SpanKind.SERVER
        span = self._tracer.start_span(name, context=parent, kind=kind, attributes=attributes)
        token = attach(set_span_in_context(span))
        try:
            yield partial(_learn, span)
        except Exception as error:
            _fail(span, type(error).__name__)
            raise
        finally:
            detach(token)
            span.end()

    def steps(
        self, name: str, items: Generator[T, None, None], attributes: Attributes, learnt: Callable[[T], Attributes]
    ) -> Generator[T, None, None]:
        """Follow a generator, whose steps may run in different threads: each is told anew where it belongs."""
        kind = KINDS.get(str(attributes.get("gen_ai.operation.name")), SpanKind.INTERNAL)
        span = self._tracer.start_span(name, kind=kind, attributes=attributes)
        try:
            while True:
                token = attach(set_span_in_context(span))
                try:
                    item = next(items)
                except StopIteration:
                    return
                finally:
                    detach(token)
                span.set_attributes(learnt(item))
                yield item
        except Exception as error:
            _fail(span, type(error).__name__)
            raise
        finally:
            items.close()
            span.end()

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


def _learn(span: Span, attributes: Attributes) -> None:
    """Note what was found out; a request is named by its route, and has failed from the status 500 on."""
    span.set_attributes(attributes)
    if "http.route" in attributes:
        span.update_name(f"{attributes['http.request.method']} {attributes['http.route']}")
    if int(attributes.get("http.response.status_code", 0)) >= 500:
        _fail(span, str(attributes["http.response.status_code"]))


def _fail(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))
