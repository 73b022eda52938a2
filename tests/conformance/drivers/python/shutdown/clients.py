"""The clients of a program and of its child processes, as an application's module has them."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from held import LONGEST, Held

from renumerate_sdk import AsyncClient, Client

client, async_client = Client(), AsyncClient()

HELD, QUICK = 20, 10


def mint(customer_id: str, client: Client = client) -> str:
    session_id = client.create_retention_session(customer_id=customer_id).id
    assert session_id.startswith("ret_")
    return session_id


async def mint_async(customer_id: str, client: AsyncClient = async_client) -> str:
    session_id = (await client.create_retention_session(customer_id=customer_id)).id
    assert session_id.startswith("ret_")
    return session_id


async def mint_without_end() -> None:
    """One session after the other."""
    for number in count():
        await mint_async(f"cus_{number}")


def start_calls(held: Held, loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any]]:
    """Tasks at every stage of a call: some are held, the others make one call after the other."""
    client = AsyncClient(base_url=held.url, timeout=LONGEST, attempt_timeout=LONGEST)
    waiting = [loop.create_task(mint_async(f"cus_{number}", client)) for number in range(HELD)]
    quick = [loop.create_task(mint_without_end()) for _ in range(QUICK)]
    return [*waiting, *quick]
