"""How much, how often and how many at once."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property

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


class Turn:
    """A slot that a question holds, and the ``threads`` it may step through."""

    def __init__(self, give_back: Callable[[], None], threads: anyio.CapacityLimiter, *, has_model: bool) -> None:
        """``give_back`` frees the slot; ``has_model``: a language model elsewhere answers."""
        self.threads = threads
        self._give_back: Callable[[], None] | None = give_back
        self._has_model = has_model

    def leave_to_model(self) -> None:
        """Free the slot where all that is left is waiting for a model."""
        if self._has_model:
            self.give_back()

    def give_back(self) -> None:
        """Free the slot; once is enough."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


class Slots:
    """So many questions are worked on at once; more wait in line, and only a long line is turned away.

    Where there ``has_model`` elsewhere, those that only wait for it hold no slot, but count as waiting. Each question
    may take one thread of those set apart for questions, so that they never take those of other requests.
    """

    def __init__(
        self,
        at_once: int,
        *,
        has_model: bool = False,
        max_waiting: int = MAX_WAITING,
        wait_seconds: float = MAX_WAIT_SECONDS,
    ) -> None:
        """Start with all slots free."""
        self._limiter = anyio.CapacityLimiter(at_once)
        self._has_model = has_model
        self._max_open = at_once + max_waiting
        self._wait_seconds = wait_seconds
        self._open = 0

    @cached_property
    def _threads(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(self._max_open)

    @asynccontextmanager
    async def take(self) -> AsyncIterator[Turn]:
        """Hold a slot for the length of a ``with`` block, or until it is given back.

        Raises:
            BusyError: too many wait already, or none came free in time.
        """
        if self._open >= self._max_open:
            raise BusyError(f"{self._open} questions are open already; try again in a moment")
        owner = object()
        turn = Turn(lambda: self._limiter.release_on_behalf_of(owner), self._threads, has_model=self._has_model)
        self._open += 1
        try:
            with anyio.move_on_after(self._wait_seconds) as waiting:
                await self._limiter.acquire_on_behalf_of(owner)
            if waiting.cancelled_caught:
                raise BusyError(f"no question was done within {self._wait_seconds:.0f} seconds; try again in a moment")
            try:
                yield turn
            finally:
                turn.give_back()
        finally:
            self._open -= 1
