"""Driver of the Python clients. `tests/README.md` documents the protocol."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import trio
from asynchronous import Asyncio, Trio
from blocking import Blocking


def run_without_loop(main: Callable[[], Coroutine[None, None, None]]) -> None:
    """Runs a coroutine that never waits."""
    with suppress(StopIteration):
        main().send(None)


def run_in_asyncio(main: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(main())


FLAVORS = {
    "python-sync": (Blocking, run_without_loop),
    "python-async": (Asyncio, run_in_asyncio),
    "python-trio": (Trio, trio.run),
}


def configure_log(log: bool) -> None:
    """Logs everything to standard error, or nothing."""
    logger = logging.getLogger("renumerate_sdk")
    logger.setLevel(1 if log else logging.CRITICAL)
    if log and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)


async def main() -> None:
    flavor = flavor_class()
    for line in sys.stdin:
        command: dict[str, Any] = json.loads(line)
        match command["do"]:
            case "open":
                configure_log(command.get("log", True))
                reply = await flavor.open(command["client"])
            case "call":
                reply = await flavor.call(command)
            case "calls":
                reply = await flavor.calls(command["count"], command["concurrency"])
            case "cancel":
                reply = await flavor.cancel(command["count"], command["concurrency"], command["max_delay"])
            case "measure":
                reply = flavor.measure()
            case "close":
                await flavor.close()
                reply = {"closed": True}
            case other:
                raise ValueError(other)
        print(json.dumps(reply), flush=True)
    await flavor.close()


flavor_class, run = FLAVORS[sys.argv[1]]
run(main)
