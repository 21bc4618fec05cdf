"""A real server on a free port of the loopback address, in a thread of the tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api.serve import MAX_HEADER_BYTES, bind


@contextmanager
def served(app: ASGIApp, *, lifespan: str = "off") -> Iterator[str]:
    """Serve for the length of a ``with`` block and give the address."""
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        app, http="h11", h11_max_incomplete_event_size=MAX_HEADER_BYTES, lifespan=lifespan, ws="none", log_config=None
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
