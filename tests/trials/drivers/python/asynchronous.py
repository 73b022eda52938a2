"""The client of asyncio, on a loop that lives as long as the driver."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from memory import give_back
from told import Tally, outcome

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

    def call(self, what: dict[str, Any]) -> dict[str, Any]:
        async def one() -> dict[str, Any]:
            began = time.monotonic()
            try:
                seen: object = await getattr(self._client, what["method"])(**what["parameters"], **what["options"])
            except Exception as error:
                seen = error
            return outcome(seen, self._client, time.monotonic() - began, what["parameters"])

        return self._loop.run_until_complete(one())

    def calls(self, count: int, at_once: int) -> dict[str, Any]:
        async def one(call: Callable[[], Awaitable[Session]], tally: Tally) -> None:
            tally.count(await call())

        return self._lanes(count, at_once, one).told()

    def cancel(self, count: int, at_once: int, longest: float) -> dict[str, Any]:
        async def one(call: Callable[[], Awaitable[Session]], tally: Tally) -> None:
            task = asyncio.ensure_future(call())
            await asyncio.sleep(random.random() * longest)
            task.cancel()
            try:
                tally.count(await task)
            except asyncio.CancelledError:
                tally.cancelled += 1

        return self._lanes(count, at_once, one).told_cancelled()

    def measure(self) -> dict[str, Any]:
        give_back()
        return {"heap": None, "tasks": len(asyncio.all_tasks(self._loop)), "listeners": None}

    def _lanes(
        self, count: int, at_once: int, one: Callable[[Callable[[], Awaitable[Session]], Tally], Awaitable[None]]
    ) -> Tally:
        """So many lanes, each of which takes the next number until there are none left."""
        numbers, tally = itertools.count(), Tally()

        async def lane() -> None:
            client = self._client
            assert client is not None
            while (number := next(numbers)) < count:
                try:
                    await one(lambda: client.create_retention_session(customer_id=f"cus_{number}"), tally)
                except Exception as error:
                    tally.count(error)

        async def lanes() -> None:
            await asyncio.gather(*(lane() for _ in range(at_once)))

        self._loop.run_until_complete(lanes())
        return tally
