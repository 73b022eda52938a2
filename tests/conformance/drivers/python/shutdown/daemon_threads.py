"""Daemon threads that are in calls when the interpreter ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

from held import LONGEST, Held
from minting import HELD, mint, start_calls

from renumerate_sdk import Client

WAITING = 4


def left_behind() -> None:
    """Threads whose calls are held, threads that make one call after the other, and one with an event loop."""
    held = Held()
    patient = Client(base_url=held.url, timeout=LONGEST, attempt_timeout=LONGEST)
    wait = partial(mint, "cus_1", patient)
    works: list[Callable[[], object]] = [*[wait] * WAITING, *[call_without_end] * 8, partial(await_calls, held)]
    for work in works:
        threading.Thread(target=work, daemon=True).start()
    held.wait_for_calls(WAITING + HELD)
    print("done")


def call_without_end() -> None:
    while True:
        mint("cus_1")


def await_calls(held: Held) -> None:
    async def main() -> None:
        await asyncio.wait(start_calls(held, asyncio.get_running_loop()))

    asyncio.run(main())
