"""What the service counts, in Prometheus' text format; one registry an application, none shared.

The processes of one server count into files of one folder, and whichever is asked tells the sum. The client library
does so where ``PROMETHEUS_MULTIPROC_DIR`` named that folder before it was loaded.
"""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from rag.types import Answer

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 15.0, 30.0, 60.0)


class Metrics:
    """Counters of requests and answers."""

    def __init__(self, folder: Path | None = None) -> None:
        """Start at nought; ``folder`` is where other processes count too."""
        self._folder = folder
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "report_qa_requests", "HTTP requests", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "report_qa_request_seconds", "Time to the end of the response", ["route"], buckets=BUCKETS,
            registry=self._registry,
        )  # fmt: skip
        self._answers = Counter("report_qa_answers", "Answers", ["status", "answered_by"], registry=self._registry)
        self._tokens = Counter("report_qa_tokens", "Tokens of a language model", ["direction"], registry=self._registry)
        self._reports = Gauge(
            "report_qa_reports", "Reports in the catalogue", registry=self._registry, multiprocess_mode="mostrecent"
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one response."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, answer: Answer) -> None:
        """Count one answer and the tokens it took."""
        self._answers.labels(answer.status, answer.answered_by).inc()
        self._tokens.labels("in").inc(answer.tokens_in)
        self._tokens.labels("out").inc(answer.tokens_out)

    def text(self, *, num_reports: int) -> bytes:
        """Return everything counted so far."""
        self._reports.set(num_reports)
        registry = self._registry
        if self._folder is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        return generate_latest(registry)
