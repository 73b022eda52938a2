"""Event loops that end while their calls are under way."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from held import Held
from minting import HELD, mint_async, start_calls


def closed_with_calls_under_way() -> None:
    """Loops that are stopped and closed with calls under way: these end, and the client goes on in the next loop."""
    held = Held()
    for _ in range(3):
        stop_and_close(uvloop.new_event_loop(), held)
        held.wait_for_their_end()
    uvloop.run(mint_async("cus_1"))
    print("done")


def stop_and_close(loop: asyncio.AbstractEventLoop, held: Held) -> None:
    tasks = start_calls(held, loop)
    loop.run_until_complete(loop.run_in_executor(None, held.wait_for_calls, HELD))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    for task in tasks:
        task._log_destroy_pending = False  # type: ignore[attr-defined] # asyncio tells of each, rightly


def cancelled_at_the_end() -> None:
    """`asyncio.run` cancels what its main function leaves; some tasks are cancelled already."""
    held = Held()

    async def main() -> None:
        tasks = start_calls(held, asyncio.get_running_loop())
        await asyncio.to_thread(held.wait_for_calls, HELD)
        for task in tasks[::2]:
            task.cancel()

    asyncio.run(main())
    held.wait_for_their_end()
    asyncio.run(mint_async("cus_1"))
    print("done")


def exit_in_a_done_callback(kind: str) -> None:
    """The callback of a call's task ends the program, while others are under way and `main` waits."""
    held = Held()

    def end(task: asyncio.Task[str]) -> None:
        task.result()
        print("done")
        sys.exit(0)

    async def main() -> None:
        tasks = start_calls(held, asyncio.get_running_loop())
        await asyncio.to_thread(held.wait_for_calls, HELD)
        last = asyncio.create_task(mint_async("cus_1"))
        last.add_done_callback(end)
        await asyncio.wait([*tasks, last])

    run = uvloop.run if kind == "uvloop" else asyncio.run
    run(main())
