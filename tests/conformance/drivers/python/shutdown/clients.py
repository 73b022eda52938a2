"""Clients and calls of the scenarios. Child processes use the same module-level clients."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from stalled_server import CLIENT_TIMEOUT, StalledServer

from renumerate_sdk import AsyncClient, Client

client, async_client = Client(), AsyncClient()

STALLED_CALLS, QUICK_CALLS = 20, 10


def create_session(customer_id: str, client: Client = client) -> str:
    session_id = client.create_retention_session(customer_id=customer_id).id
    assert session_id.startswith("ret_")
    return session_id


async def create_session_async(customer_id: str, client: AsyncClient = async_client) -> str:
    session_id = (await client.create_retention_session(customer_id=customer_id)).id
    assert session_id.startswith("ret_")
    return session_id


async def create_sessions_forever() -> None:
    """Makes sequential calls until it is cancelled."""
    for number in count():
        await create_session_async(f"cus_{number}")


def start_calls(server: StalledServer, loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any]]:
    """Starts tasks with a stalled call, and tasks that make sequential calls."""
    client = AsyncClient(base_url=server.url, timeout=CLIENT_TIMEOUT, attempt_timeout=CLIENT_TIMEOUT)
    stalled_tasks = [loop.create_task(create_session_async(f"cus_{number}", client)) for number in range(STALLED_CALLS)]
    quick_tasks = [loop.create_task(create_sessions_forever()) for _ in range(QUICK_CALLS)]
    return [*stalled_tasks, *quick_tasks]
