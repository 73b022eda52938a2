"""The asynchronous client, under asyncio and under trio. The loop exists as long as the driver."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

import trio
from memory import trim
from report import Tally, outcome

from renumerate_sdk import AsyncClient, Session

Call = Callable[[], Awaitable[Session]]


class Asynchronous(ABC):
    def __init__(self) -> None:
        self._client: AsyncClient | None = None

    async def open(self, options: dict[str, Any]) -> dict[str, Any]:
        await self.close()
        try:
            self._client = AsyncClient(**options)
        except Exception as error:
            return outcome(error, None)
        return {"opened": True}

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
        self._client = None

    async def call(self, command: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        try:
            seen: object = getattr(self._client, command["method"])(**command["parameters"], **command["options"])
            if isawaitable(seen):
                seen = await seen
        except Exception as error:
            seen = error
        return outcome(seen, self._client, time.monotonic() - began, command["parameters"])

    async def calls(self, count: int, concurrency: int) -> dict[str, Any]:
        async def one(call: Call, tally: Tally) -> None:
            tally.count(await call())

        return (await self._repeat(count, concurrency, one)).report()

    async def cancel(self, count: int, concurrency: int, max_delay: float) -> dict[str, Any]:
        async def one(call: Call, tally: Tally) -> None:
            session = await self._cancel_after(random.random() * max_delay, call)
            if session is None:
                tally.cancelled += 1
            else:
                tally.count(session)

        return (await self._repeat(count, concurrency, one)).cancellation_report()

    def measure(self) -> dict[str, Any]:
        trim()
        return {"heap": None, "tasks": self._count_tasks(), "listeners": None}

    async def _repeat(self, count: int, concurrency: int, one: Callable[[Call, Tally], Awaitable[None]]) -> Tally:
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

        await self._run_all([worker] * concurrency)
        return tally

    @abstractmethod
    async def _run_all(self, workers: list[Callable[[], Awaitable[None]]]) -> None:
        """Runs each worker in a task of its own."""

    @abstractmethod
    async def _cancel_after(self, delay: float, call: Call) -> Session | None:
        """Makes a call and cancels it after a delay. Returns ``None`` if the call was cancelled."""

    @abstractmethod
    def _count_tasks(self) -> int:
        """Returns the number of tasks, including the driver's own."""


class Asyncio(Asynchronous):
    async def _run_all(self, workers: list[Callable[[], Awaitable[None]]]) -> None:
        await asyncio.gather(*(worker() for worker in workers))

    async def _cancel_after(self, delay: float, call: Call) -> Session | None:
        task = asyncio.ensure_future(call())
        await asyncio.sleep(delay)
        task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            return None

    def _count_tasks(self) -> int:
        return len(asyncio.all_tasks())


class Trio(Asynchronous):
    async def _run_all(self, workers: list[Callable[[], Awaitable[None]]]) -> None:
        async with trio.open_nursery() as nursery:
            for worker in workers:
                nursery.start_soon(worker)

    async def _cancel_after(self, delay: float, call: Call) -> Session | None:
        with trio.move_on_after(delay):
            return await call()
        return None

    def _count_tasks(self) -> int:
        return trio.lowlevel.current_statistics().tasks_living
