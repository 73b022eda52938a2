"""The asyncio client, on an event loop that exists as long as the driver."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from memory import trim
from report import Tally, outcome

from renumerate_sdk import AsyncClient, Session


class Asynchronous:
    def __init__(self) -> None:
        self._client: AsyncClient | None = None
        self._loop = asyncio.new_event_loop()

    def open(self, options: dict[str, Any]) -> dict[str, Any]:
        self.close()
        try:
            self._client = AsyncClient(**options)
        except Exception as error:
            return outcome(error, None)
        return {"opened": True}

    def close(self) -> None:
        if self._client is not None:
            self._loop.run_until_complete(self._client.close())
        self._client = None

    def call(self, command: dict[str, Any]) -> dict[str, Any]:
        async def one() -> dict[str, Any]:
            began = time.monotonic()
            try:
                seen: object = await getattr(self._client, command["method"])(
                    **command["parameters"], **command["options"]
                )
            except Exception as error:
                seen = error
            return outcome(seen, self._client, time.monotonic() - began, command["parameters"])

        return self._loop.run_until_complete(one())

    def calls(self, count: int, concurrency: int) -> dict[str, Any]:
        async def one(call: Callable[[], Awaitable[Session]], tally: Tally) -> None:
            tally.count(await call())

        return self._run(count, concurrency, one).report()

    def cancel(self, count: int, concurrency: int, max_delay: float) -> dict[str, Any]:
        async def one(call: Callable[[], Awaitable[Session]], tally: Tally) -> None:
            task = asyncio.ensure_future(call())
            await asyncio.sleep(random.random() * max_delay)
            task.cancel()
            try:
                tally.count(await task)
            except asyncio.CancelledError:
                tally.cancelled += 1

        return self._run(count, concurrency, one).cancellation_report()

    def measure(self) -> dict[str, Any]:
        trim()
        return {"heap": None, "tasks": len(asyncio.all_tasks(self._loop)), "listeners": None}

    def _run(
        self, count: int, concurrency: int, one: Callable[[Callable[[], Awaitable[Session]], Tally], Awaitable[None]]
    ) -> Tally:
        """Runs `one` for each number, with this many tasks at a time."""
        numbers, tally = itertools.count(), Tally()

        async def worker() -> None:
            client = self._client
            assert client is not None
            while (number := next(numbers)) < count:
                try:
                    await one(lambda: client.create_retention_session(customer_id=f"cus_{number}"), tally)
                except Exception as error:
                    tally.count(error)

        async def workers() -> None:
            await asyncio.gather(*(worker() for _ in range(concurrency)))

        self._loop.run_until_complete(workers())
        return tally
