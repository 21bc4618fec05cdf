"""How much, how often and how many at once."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import BusyError, RateLimitError

MAX_WAITING = 256
MAX_WAIT_SECONDS = 60.0


class RateLimit:
    """At most so many requests a minute for each client; 0 switches it off."""

    def __init__(self, requests_per_minute: int) -> None:
        """Start with nobody counted."""
        self._limit = RateLimitItemPerMinute(requests_per_minute) if requests_per_minute else None
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, client: str) -> None:
        """Count a request of ``client``.

        Raises:
            RateLimitError: the minute's share is used up; the message says when to come back.
        """
        if self._limit and not self._window.hit(self._limit, client):
            reset = self._window.get_window_stats(self._limit, client).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            words = f"{self._limit.amount} requests a minute are answered; come back in {wait} seconds"
            raise RateLimitError(words, wait)


class Slots:
    """So many questions at once; more wait in line, and only a long line is turned away."""

    def __init__(self, at_once: int, *, max_waiting: int = MAX_WAITING, wait_seconds: float = MAX_WAIT_SECONDS) -> None:
        """Start with all slots free."""
        self._limiter = anyio.CapacityLimiter(at_once)
        self._max_waiting = max_waiting
        self._wait_seconds = wait_seconds

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold a slot for the length of a ``with`` block.

        Raises:
            BusyError: too many wait already, or none came free in time.
        """
        if self._limiter.statistics().tasks_waiting >= self._max_waiting:
            raise BusyError(f"{self._max_waiting} questions are waiting already; try again in a moment")
        owner = object()
        with anyio.move_on_after(self._wait_seconds) as waiting:
            await self._limiter.acquire_on_behalf_of(owner)
        if waiting.cancelled_caught:
            raise BusyError(f"no question was done within {self._wait_seconds:.0f} seconds; try again in a moment")
        try:
            yield
        finally:
            self._limiter.release_on_behalf_of(owner)
