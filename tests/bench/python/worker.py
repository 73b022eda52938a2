"""Worker for Python; README.md describes the commands. An exception in a call ends the process."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import math
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Barrier
from typing import Any

from async_subjects import ASYNC_SUBJECTS
from request import ID_PREFIX
from sync_subjects import SYNC_SUBJECTS
from tokens import TOKEN_SUBJECTS


class Stopwatch:
    """Wall time, and CPU time of the whole process, which includes threads of native libraries."""

    def start(self) -> None:
        self._cpu, self._wall = self._cpu_time(), time.perf_counter()

    def stop(self, calls: int, sessions: int) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self._wall, self._cpu_time() - self._cpu
        return {"wall_seconds": wall, "cpu_seconds": cpu, "calls": calls, "sessions": sessions}

    @staticmethod
    def _cpu_time() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime


class SyncClient:
    """Blocking client of a subject. With several callers, each has a thread."""

    def __init__(self, subject: str, url: str) -> None:
        self._call = SYNC_SUBJECTS[subject](url)
        self._threads: ThreadPoolExecutor | None = None

    def calls(self, callers: int, seconds: float, count: int) -> dict[str, float]:
        stopwatch = Stopwatch()
        if callers == 1:
            stopwatch.start()
            return stopwatch.stop(*self._caller(seconds, count))
        all_started = Barrier(callers, action=stopwatch.start)

        def caller() -> tuple[int, int]:
            all_started.wait()
            return self._caller(seconds, count)

        # The threads are kept for all rounds, because some subjects have a connection for each.
        threads = self._threads = self._threads or ThreadPoolExecutor(callers)
        running = [threads.submit(caller) for _ in range(callers)]
        counts = [each.result() for each in running]
        return stopwatch.stop(sum(calls for calls, _ in counts), sum(sessions for _, sessions in counts))

    def _caller(self, seconds: float, count: int) -> tuple[int, int]:
        call, calls, sessions = self._call, 0, 0
        end = time.perf_counter() + seconds
        while calls != count and time.perf_counter() < end:
            sessions += call().startswith(ID_PREFIX)
            calls += 1
        return calls, sessions


class AsyncClient:
    """Asyncio client of a subject, with one event loop for all rounds, which stops between them."""

    def __init__(self, subject: str, url: str) -> None:
        opened = ASYNC_SUBJECTS[subject](url)
        self._call: Any = self.loop.run_until_complete(opened) if inspect.isawaitable(opened) else opened

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    def calls(self, callers: int, seconds: float, count: int) -> dict[str, float]:
        return self.loop.run_until_complete(self._batches(callers, seconds, count))

    async def _batches(self, callers: int, seconds: float, count: int) -> dict[str, float]:
        """Awaits a call from each caller at once, again and again."""
        call, batches, sessions = self._call, 0, 0
        stopwatch = Stopwatch()
        stopwatch.start()
        end = time.perf_counter() + seconds
        while batches != count and time.perf_counter() < end:
            if callers == 1:
                sessions += (await call()).startswith(ID_PREFIX)
            else:
                ids = await asyncio.gather(*(call() for _ in range(callers)))
                sessions += sum(id.startswith(ID_PREFIX) for id in ids)
            batches += 1
        return stopwatch.stop(batches * callers, sessions)


def main() -> None:
    client: Any = None
    say({})
    for line in sys.stdin:
        command = json.loads(line)
        match command["do"]:
            case "import":  # only for clients of the SDK, whose names are their qualified names
                module, _, name = command["subject"].partition(".")
                getattr(importlib.import_module(module), name)
                say({})
            case "open":
                kind = SyncClient if command["subject"] in SYNC_SUBJECTS else AsyncClient
                try:
                    client = kind(command["subject"], command["base_url"])
                except ImportError as error:
                    say({"error": f"is missing: {error}"})
                else:
                    say({})
            case "loop":
                assert client.loop
                say({})
            case "calls":
                callers = command["concurrency"]
                count = command["count"] // callers if "count" in command else -1
                say(client.calls(callers, command.get("seconds", math.inf), count))
            case "tokens":
                say(time_tokens(command["subject"], command["count"]))
    os._exit(0)  # without closing the clients, whose libraries would warn about open connections


def time_tokens(subject: str, count: int) -> dict[str, float]:
    create, stopwatch = TOKEN_SUBJECTS[subject](), Stopwatch()
    stopwatch.start()
    for _ in range(count):
        create()
    return stopwatch.stop(count, 0)


def say(reply: dict[str, Any]) -> None:
    print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
