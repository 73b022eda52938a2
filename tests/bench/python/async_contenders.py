"""Who takes part among the clients that are awaited: each is a context in which its connections are open, and gives a
call that returns the id of a session. 64 may be under way at once.

Each imports its library itself: in a worker process there is no other, and one that is missing spoils only its row.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from request import BODY, CUSTOMER, HEADERS, KEY, LIMIT, PATH, STRIPE_KEY, STRIPE_PARAMETERS

Call = Callable[[], Awaitable[str]]

POOL = 64


@asynccontextmanager
async def renumerate_client(url: str) -> AsyncIterator[Call]:
    from renumerate_sdk import AsyncClient

    async with AsyncClient(KEY, base_url=url) as client:

        async def call() -> str:
            return (await client.create_retention_session(customer_id=CUSTOMER)).id

        yield call


@asynccontextmanager
async def aiohttp_session(url: str) -> AsyncIterator[Call]:
    import aiohttp

    url += PATH
    connector, timeout = aiohttp.TCPConnector(limit=POOL), aiohttp.ClientTimeout(total=LIMIT)
    async with aiohttp.ClientSession(headers=HEADERS, connector=connector, timeout=timeout) as session:

        async def call() -> str:
            async with session.post(url, json=BODY) as answer:
                return (await answer.json())["id"]

        yield call


@asynccontextmanager
async def httpx_client(url: str) -> AsyncIterator[Call]:
    import httpx

    url += PATH
    # Its pool keeps 20 connections and opens others anew. One that keeps 64 is three times as slow: for each request
    # httpcore 1.0 goes through all connections once for each of them.
    async with httpx.AsyncClient(headers=HEADERS, timeout=LIMIT) as client:

        async def call() -> str:
            return (await client.post(url, json=BODY)).json()["id"]

        yield call


@asynccontextmanager
async def stripe_client(url: str) -> AsyncIterator[Call]:
    """An SDK like ours, over the quicker of its two async clients. It encodes a form and builds its own objects."""
    import stripe

    http_client = stripe.AIOHTTPClient(timeout=LIMIT)
    client = stripe.StripeClient(
        STRIPE_KEY, base_addresses={"api": url}, http_client=http_client, max_network_retries=0
    )
    create = client.v1.billing_portal.sessions.create_async

    async def call() -> str:
        return (await create(STRIPE_PARAMETERS)).id

    try:
        yield call
    finally:
        await http_client.close_async()


ASYNC_CONTENDERS: dict[str, Callable[[str], AbstractAsyncContextManager[Call]]] = {
    "renumerate_sdk.AsyncClient": renumerate_client,
    "aiohttp": aiohttp_session,
    "httpx.AsyncClient": httpx_client,
    "stripe, on aiohttp": stripe_client,
}
