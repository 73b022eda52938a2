"""Child processes that make calls concurrently with their parent."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from clients import create_session, create_session_async


def start_during_calls(start_method: str) -> None:
    """Starts pool processes while threads of the parent make calls.

    Forked processes start quickly, so each runs one task only.
    """
    customers = [f"cus_{number}" for number in range(100)]
    tasks = 1 if start_method == "fork" else None
    with calls_in_threads(), multiprocessing.get_context(start_method).Pool(4, maxtasksperchild=tasks) as pool:
        ids = pool.map(create_session, customers, chunksize=5)
        ids += pool.map(create_session_in_new_loop, customers, chunksize=5)
        pool.close()
        pool.join()
    assert len(set(ids)) == len(ids) == 200
    print("done")


def create_session_in_new_loop(customer_id: str) -> str:
    return asyncio.run(create_session_async(customer_id))


@contextmanager
def calls_in_threads() -> Generator[None]:
    """Makes calls in threads until the block exits. Each call must succeed."""
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            create_session("cus_1")

    async def call_in_loop() -> None:
        while not stop.is_set():
            await asyncio.gather(*[create_session_async("cus_1") for _ in range(5)])

    create_session("cus_1")
    with ThreadPoolExecutor(5) as threads:
        callers = [threads.submit(call) for _ in range(4)]
        callers.append(threads.submit(lambda: asyncio.run(call_in_loop())))
        try:
            yield
        finally:
            stop.set()
        for caller in callers:
            caller.result()
