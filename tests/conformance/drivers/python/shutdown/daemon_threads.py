"""Daemon threads that make calls while the interpreter shuts down."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from clients import STALLED_CALLS, create_session, start_calls
from stalled_server import CLIENT_TIMEOUT, StalledServer

from renumerate_sdk import Client

STALLED_THREADS = 4


def exit_during_calls() -> None:
    """Exits during stalled calls, sequential calls and calls of an event loop."""
    server = StalledServer()
    client = Client(base_url=server.url, timeout=CLIENT_TIMEOUT, attempt_timeout=CLIENT_TIMEOUT)
    stall = partial(create_session, "cus_1", client)
    targets: list[Callable[[], object]] = [
        *[stall] * STALLED_THREADS,
        *[call_forever] * 8,
        partial(await_calls, server),
    ]
    for target in targets:
        threading.Thread(target=target, daemon=True).start()
    server.wait_for_calls(STALLED_THREADS + STALLED_CALLS)
    print("done")


def call_forever() -> None:
    while True:
        create_session("cus_1")


def await_calls(server: StalledServer) -> None:
    async def main() -> None:
        await asyncio.wait(start_calls(server, asyncio.get_running_loop()))

    asyncio.run(main())
