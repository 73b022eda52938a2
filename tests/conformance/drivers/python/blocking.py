"""The blocking client, on threads."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

from memory import trim
from report import Tally, outcome

from renumerate_sdk import Client


class Blocking:
    def __init__(self) -> None:
        self._client: Client | None = None

    async def open(self, options: dict[str, Any]) -> dict[str, Any]:
        await self.close()
        try:
            self._client = Client(**options)
        except Exception as error:
            return outcome(error, None)
        return {"opened": True}

    async def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    async def call(self, command: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        try:
            seen: object = getattr(self._client, command["method"])(**command["parameters"], **command["options"])
        except Exception as error:
            seen = error
        return outcome(seen, self._client, time.monotonic() - began, command["parameters"])

    async def calls(self, count: int, concurrency: int) -> dict[str, Any]:
        numbers = itertools.count()
        tallies = [Tally() for _ in range(concurrency)]

        def worker(tally: Tally) -> None:
            assert self._client is not None
            while (number := next(numbers)) < count:
                try:
                    tally.count(self._client.create_retention_session(customer_id=f"cus_{number}"))
                except Exception as error:
                    tally.count(error)

        threads = [threading.Thread(target=worker, args=(tally,)) for tally in tallies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum_of(tallies).report()

    async def cancel(self, count: int, concurrency: int, max_delay: float) -> dict[str, Any]:
        return {"unsupported": "only a signal can interrupt a thread of Python, and only the main thread"}

    def measure(self) -> dict[str, Any]:
        trim()
        return {"heap": None, "tasks": threading.active_count() - 1, "listeners": None}


def sum_of(tallies: list[Tally]) -> Tally:
    """Returns the sum of all tallies."""
    total = Tally()
    for tally in tallies:
        total.sessions += tally.sessions
        total.attempts += tally.attempts
        total.cancelled += tally.cancelled
        total.untyped += tally.untyped
        for code, count in tally.errors.items():
            total.errors[code] = total.errors.get(code, 0) + count
    return total
