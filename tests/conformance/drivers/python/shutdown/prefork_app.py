"""The application of a prefork server: its clients are the parent's, which has called with both before it forks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from minting import mint, mint_async

from renumerate_sdk import AsyncClient, Client

mint("cus_parent")
asyncio.run(mint_async("cus_parent"))

HELD = os.environ["HELD_URL"]
held_client, held_async_client = Client(base_url=HELD), AsyncClient(base_url=HELD)


def headers() -> list[tuple[str, str]]:
    return [("Content-Type", "text/plain"), ("Worker", str(os.getpid()))]


def sync(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """WSGI."""
    held = environ["PATH_INFO"] == "/held"
    session_id = mint("cus_1", held_client) if held else mint("cus_1")
    start_response("200 OK", headers())
    return [session_id.encode()]


async def asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """ASGI: the same."""
    if scope["type"] != "http":
        raise NotImplementedError("it takes requests and nothing else")
    held = scope["path"] == "/held"
    session_id = await (mint_async("cus_1", held_async_client) if held else mint_async("cus_1"))
    raw = [(name.lower().encode(), value.encode()) for name, value in headers()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": session_id.encode()})
