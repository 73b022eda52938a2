"""Counts this process's threads and sockets while one of our clients comes up: run with `Client` or `AsyncClient` and a
URL, in a process of its own. Writes a line of JSON: for each stage its threads and its sockets.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from request import CUSTOMER, KEY

stages: dict[str, tuple[int, int]] = {}


def note(stage: str) -> None:
    stages[stage] = len(os.listdir("/proc/self/task")), sum(map(is_socket, os.listdir("/proc/self/fd")))


def is_socket(descriptor: str) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").startswith("socket:")
    except FileNotFoundError:
        return False  # the one that listed the directory


def come_up(url: str) -> None:
    from renumerate_sdk import Client

    note("imported")
    client = Client(KEY, base_url=url)
    note("constructed")
    client.create_retention_session(customer_id=CUSTOMER)
    note("called")


def come_up_async(url: str) -> None:
    from renumerate_sdk import AsyncClient

    note("imported")
    client = AsyncClient(KEY, base_url=url)
    note("constructed")

    async def call() -> None:
        note("loop runs")
        await client.create_retention_session(customer_id=CUSTOMER)
        note("called")

    asyncio.run(call())


if __name__ == "__main__":
    note("before")
    {"Client": come_up, "AsyncClient": come_up_async}[sys.argv[1]](sys.argv[2])
    print(json.dumps(stages))
