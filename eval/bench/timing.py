"""Timing of calls, and the memory of this process."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterable

from eval.summary import latency_ms


def timings(call: Callable[[str], object], inputs: Iterable[str]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds of a call over inputs, after one call that warms up."""
    words = list(inputs)
    call(words[0])
    seconds = []
    for word in words:
        began = time.perf_counter()
        call(word)
        seconds.append(time.perf_counter() - began)
    return {name: round(value, 2) for name, value in latency_ms(seconds).items()}


def peak_memory_mb() -> float:
    """Most memory this process had resident so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)
