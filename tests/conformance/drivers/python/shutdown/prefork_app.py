"""Application of a prefork server. The parent creates the clients and calls with them before it forks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from clients import create_session, create_session_async

from renumerate_sdk import AsyncClient, Client

create_session("cus_parent")
asyncio.run(create_session_async("cus_parent"))

STALLED_URL = os.environ["STALLED_URL"]
stalled_client, stalled_async_client = Client(base_url=STALLED_URL), AsyncClient(base_url=STALLED_URL)


def headers() -> list[tuple[str, str]]:
    return [("Content-Type", "text/plain"), ("Worker", str(os.getpid()))]


def sync(environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """WSGI application."""
    is_stalled = environ["PATH_INFO"] == "/stalled"
    session_id = create_session("cus_1", stalled_client) if is_stalled else create_session("cus_1")
    start_response("200 OK", headers())
    return [session_id.encode()]


async def asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """ASGI application."""
    if scope["type"] != "http":
        raise NotImplementedError("only HTTP requests are supported")
    is_stalled = scope["path"] == "/stalled"
    session_id = await (
        create_session_async("cus_1", stalled_async_client) if is_stalled else create_session_async("cus_1")
    )
    raw = [(name.lower().encode(), value.encode()) for name, value in headers()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": session_id.encode()})
