"""A process in which one contender calls, so that threads, CPU time and imports of the others do not disturb it.

It waits between its rounds, for the rounds of others. A call that raises ends it: its row must not look good.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from threading import Barrier

import async_contenders
import sync_contenders
from job import Job, Lap, Start
from request import ID_PREFIX
from stopwatch import Stopwatch

WARM_UP = 0.2  # seconds: connections are open, caches are warm


def main() -> None:
    job = Job(**json.loads(sys.argv[1]))
    if job.processor is not None:
        pin(job.processor)
    try:
        if job.kind == "async":
            asyncio.run(serve_async(job))
        else:
            serve_sync(job)
    except ImportError as error:
        say(Start(missing=str(error)))


def pin(processor: int) -> None:
    with suppress(OSError):  # it is not ours; the main script has said so
        os.sched_setaffinity(0, {processor})


def say(line: Start | Lap) -> None:
    print(json.dumps(asdict(line)), flush=True)


def rounds() -> Iterator[float]:
    """The seconds of each round to come, the warm-up first."""
    yield WARM_UP
    say(Start())
    for line in sys.stdin:
        yield float(line)


def serve_sync(job: Job) -> None:
    call = sync_contenders.SYNC_CONTENDERS[job.contender](job.url)
    with ThreadPoolExecutor(job.at_once) as threads:
        for number, seconds in enumerate(rounds()):
            if job.at_once == 1:
                lap = call_alone(call, seconds)
            else:
                lap = call_in_threads(call, threads, job.at_once, seconds)
            if number > 0:
                say(lap)


def call_alone(call: sync_contenders.Call, seconds: float) -> Lap:
    stopwatch = Stopwatch()
    stopwatch.start()
    calls, good = one_after_the_other(call, seconds)
    return Lap(*stopwatch.stop(), calls, good)


def one_after_the_other(call: sync_contenders.Call, seconds: float) -> tuple[int, int]:
    calls = good = 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        good += call().startswith(ID_PREFIX)
        calls += 1
    return calls, good


def call_in_threads(call: sync_contenders.Call, threads: ThreadPoolExecutor, at_once: int, seconds: float) -> Lap:
    """The threads live for all rounds, since some contenders keep a connection for each."""
    stopwatch = Stopwatch()
    all_are_there = Barrier(at_once, action=stopwatch.start)

    def lane() -> tuple[int, int]:
        all_are_there.wait()
        return one_after_the_other(call, seconds)

    lanes = [threads.submit(lane) for _ in range(at_once)]
    counts = [lane.result() for lane in lanes]
    wall, cpu = stopwatch.stop()
    return Lap(wall, cpu, sum(calls for calls, _ in counts), sum(good for _, good in counts))


async def serve_async(job: Job) -> None:
    """One loop for all rounds. It stands still between them: nothing is under way then."""
    async with async_contenders.ASYNC_CONTENDERS[job.contender](job.url) as call:
        for number, seconds in enumerate(rounds()):
            lap = await call_in_batches(call, job.at_once, seconds)
            if number > 0:
                say(lap)


async def call_in_batches(call: async_contenders.Call, at_once: int, seconds: float) -> Lap:
    calls = good = 0
    stopwatch = Stopwatch()
    stopwatch.start()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        if at_once == 1:
            good += (await call()).startswith(ID_PREFIX)
        else:
            ids = await asyncio.gather(*(call() for _ in range(at_once)))
            good += sum(id.startswith(ID_PREFIX) for id in ids)
        calls += at_once
    return Lap(*stopwatch.stop(), calls, good)


if __name__ == "__main__":
    main()
