from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import anyio
import httpx
import pytest

from api.app import create_app
from api.errors import BusyError, RateLimitError
from api.limits import RateLimit, Slots, Turn
from api.streaming import stream_answer
from rag.config import Settings
from rag.service import Service
from rag.types import Event
from tests.api.serving import served

QUESTION = {"question": "枫桐县2030年改造了几座危桥？"}


@pytest.fixture(scope="module")
def address(service: Service, settings: Settings) -> Iterator[str]:
    """A real server with a single slot for questions."""
    with served(create_app(service, settings.model_copy(update={"max_concurrent_questions": 1}))) as address:
        yield address


def test_questions_at_the_same_time_wait_in_line_and_are_all_answered(address: str):
    async def ask_many() -> list[int]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            statuses: list[int] = []

            async def ask() -> None:
                statuses.append((await client.post("/v1/ask", json=QUESTION)).status_code)

            async with anyio.create_task_group() as group:
                for _ in range(24):
                    group.start_soon(ask)
            return statuses

    assert anyio.run(ask_many) == [200] * 24


def test_a_long_line_is_turned_away():
    async def overfill() -> None:
        slots = Slots(1, max_waiting=1, wait_seconds=30)
        async with slots.take(), anyio.create_task_group() as group:

            async def wait() -> None:
                async with slots.take():
                    pass

            group.start_soon(wait)
            await anyio.sleep(0.05)
            with pytest.raises(BusyError):
                async with slots.take():
                    pass
            group.cancel_scope.cancel()

    anyio.run(overfill)


def test_nobody_waits_for_ever():
    async def wait_in_vain() -> None:
        slots = Slots(1, wait_seconds=0.05)
        async with slots.take():
            with pytest.raises(BusyError):
                async with slots.take():
                    pass

    anyio.run(wait_in_vain)


def test_a_slot_is_free_again_after_an_error():
    async def fail_then_take() -> None:
        slots = Slots(1, wait_seconds=0.5)
        with pytest.raises(RuntimeError):
            async with slots.take():
                raise RuntimeError
        async with slots.take():
            pass

    anyio.run(fail_then_take)


def test_the_rate_is_counted_for_each_client():
    rate = RateLimit(2)
    for client in ("a", "a", "b"):
        rate.count(client)
    with pytest.raises(RateLimitError, match="come back in") as refused:
        rate.count("a")
    assert 0 < refused.value.retry_after <= 60
    rate.count("b")


def test_threat_a_disconnected_client_stops_the_generation(service: Service, settings: Settings):
    """The server is closed upon while it streams; the source of the events is closed and the slot is free."""
    closed = threading.Event()

    def endless() -> Iterator[Event]:
        try:
            for number in range(100_000):
                yield Event("token", f"{number} ")
                time.sleep(0.01)
        finally:
            closed.set()

    app = create_app(service, settings)

    @app.get("/endless")
    async def stream_for_ever() -> object:
        return await stream_answer(
            endless(),
            app.state.context,
            Turn(lambda: None, anyio.CapacityLimiter(9), has_model=False),
            lambda event: str(event.value).encode(),
        )

    with served(app) as address:
        with httpx.stream("GET", f"{address}/endless", timeout=10) as response:
            next(response.iter_bytes())
            assert not closed.is_set()
        assert closed.wait(timeout=5)
