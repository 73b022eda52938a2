"""Asyncio clients. Each function creates a client of a server and returns a function that makes a call and returns a
session's id. A coroutine function needs a running event loop. 64 calls may be in progress at the same time.

Each function imports its library, so that a worker process loads no other, and a missing one affects only its own row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from request import BODY, CUSTOMER, HEADERS, KEY, LIMIT, PATH, STRIPE_KEY, STRIPE_PARAMETERS

Call = Callable[[], Awaitable[str]]

POOL = 100


def renumerate_client(url: str) -> Call:
    from renumerate_sdk import AsyncClient

    client = AsyncClient(KEY, base_url=url)

    async def call() -> str:
        return (await client.create_retention_session(customer_id=CUSTOMER)).id

    return call


async def aiohttp_session(url: str) -> Call:
    import aiohttp

    url += PATH
    connector, timeout = aiohttp.TCPConnector(limit=POOL), aiohttp.ClientTimeout(total=LIMIT)
    session = aiohttp.ClientSession(headers=HEADERS, connector=connector, timeout=timeout)

    async def call() -> str:
        async with session.post(url, json=BODY) as response:
            return (await response.json())["id"]

    return call


async def httpx_client(url: str) -> Call:
    import httpx

    url += PATH
    # The pool keeps 20 connections, and others are opened again. With 64 kept connections it is three times as slow:
    # for each request, httpcore 1.0 iterates over all connections once for each of them.
    client = httpx.AsyncClient(headers=HEADERS, timeout=LIMIT)

    async def call() -> str:
        return (await client.post(url, json=BODY)).json()["id"]

    return call


async def stripe_client(url: str) -> Call:
    """An SDK like this one, on the faster of its two asyncio clients. It encodes a form and creates its own objects."""
    import stripe

    http_client = stripe.AIOHTTPClient(timeout=LIMIT)
    client = stripe.StripeClient(
        STRIPE_KEY, base_addresses={"api": url}, http_client=http_client, max_network_retries=0
    )
    create = client.v1.billing_portal.sessions.create_async

    async def call() -> str:
        return (await create(STRIPE_PARAMETERS)).id

    return call


ASYNC_SUBJECTS: dict[str, Callable[[str], Call | Awaitable[Call]]] = {
    "renumerate_sdk.AsyncClient": renumerate_client,
    "aiohttp": aiohttp_session,
    "httpx.AsyncClient": httpx_client,
    "stripe, on aiohttp": stripe_client,
}
