"""Child processes that call while their parent does."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from minting import mint, mint_async


def amid_calls(method: str) -> None:
    """A pool whose processes start while threads of the parent are in calls. Forked ones are quick to start: each does
    one thing and makes room for the next."""
    customers = [f"cus_{number}" for number in range(100)]
    tasks = 1 if method == "fork" else None
    with calls_in_threads(), multiprocessing.get_context(method).Pool(4, maxtasksperchild=tasks) as pool:
        ids = pool.map(mint, customers, chunksize=5)
        ids += pool.map(mint_by_loop, customers, chunksize=5)
        pool.close()
        pool.join()
    assert len(set(ids)) == len(ids) == 200
    print("done")


def mint_by_loop(customer_id: str) -> str:
    return asyncio.run(mint_async(customer_id))


@contextmanager
def calls_in_threads() -> Generator[None]:
    """Threads that make one call after the other meanwhile, each of which must go well."""
    stop = threading.Event()

    def call() -> None:
        while not stop.is_set():
            mint("cus_1")

    async def calls_of_a_loop() -> None:
        while not stop.is_set():
            await asyncio.gather(*[mint_async("cus_1") for _ in range(5)])

    mint("cus_1")
    with ThreadPoolExecutor(5) as threads:
        callers = [threads.submit(call) for _ in range(4)]
        callers.append(threads.submit(lambda: asyncio.run(calls_of_a_loop())))
        try:
            yield
        finally:
            stop.set()
        for caller in callers:
            caller.result()
