"""The client that blocks, on threads."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

from memory import give_back
from told import Tally, outcome

from renumerate_sdk import Client


class Blocking:
    def __init__(self) -> None:
        self._client: Client | None = None

    def open(self, options: dict[str, Any]) -> dict[str, Any]:
        self.close()
        try:
            self._client = Client(**options)
        except Exception as error:
            return outcome(error, None)
        return {"opened": True}

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def call(self, what: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        try:
            seen: object = getattr(self._client, what["method"])(**what["parameters"], **what["options"])
        except Exception as error:
            seen = error
        return outcome(seen, self._client, time.monotonic() - began, what["parameters"])

    def calls(self, count: int, at_once: int) -> dict[str, Any]:
        numbers = itertools.count()
        tallies = [Tally() for _ in range(at_once)]

        def lane(tally: Tally) -> None:
            assert self._client is not None
            while (number := next(numbers)) < count:
                try:
                    tally.count(self._client.create_retention_session(customer_id=f"cus_{number}"))
                except Exception as error:
                    tally.count(error)

        threads = [threading.Thread(target=lane, args=(tally,)) for tally in tallies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum_of(tallies).told()

    def cancel(self, count: int, at_once: int, longest: float) -> dict[str, Any]:
        return {"cannot": "a thread of Python's cannot be interrupted, but for the main one by a signal"}

    def measure(self) -> dict[str, Any]:
        give_back()
        return {"heap": None, "tasks": threading.active_count() - 1, "listeners": None}


def sum_of(tallies: list[Tally]) -> Tally:
    """All of them in one."""
    total = Tally()
    for tally in tallies:
        total.sessions += tally.sessions
        total.attempts += tally.attempts
        total.cancelled += tally.cancelled
        total.untyped += tally.untyped
        for code, count in tally.errors.items():
            total.errors[code] = total.errors.get(code, 0) + count
    return total
