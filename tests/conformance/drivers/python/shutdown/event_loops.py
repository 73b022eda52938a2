"""Event loops that stop or exit while calls are pending."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from clients import STALLED_CALLS, create_session_async, start_calls
from stalled_server import StalledServer


def close_with_pending_calls() -> None:
    """Closes loops with pending calls. The calls disconnect, and the client works in the next loop."""
    server = StalledServer()
    for _ in range(3):
        stop_and_close(uvloop.new_event_loop(), server)
        server.wait_for_disconnects()
    uvloop.run(create_session_async("cus_1"))
    print("done")


def stop_and_close(loop: asyncio.AbstractEventLoop, server: StalledServer) -> None:
    tasks = start_calls(server, loop)
    loop.run_until_complete(loop.run_in_executor(None, server.wait_for_calls, STALLED_CALLS))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    for task in tasks:
        task._log_destroy_pending = False  # type: ignore[attr-defined] # asyncio would log each task


def cancel_at_exit() -> None:
    """`asyncio.run` cancels the remaining tasks at exit. Half of them are already cancelled."""
    server = StalledServer()

    async def main() -> None:
        tasks = start_calls(server, asyncio.get_running_loop())
        await asyncio.to_thread(server.wait_for_calls, STALLED_CALLS)
        for task in tasks[::2]:
            task.cancel()

    asyncio.run(main())
    server.wait_for_disconnects()
    asyncio.run(create_session_async("cus_1"))
    print("done")


def exit_in_done_callback(runner: str) -> None:
    """A done callback of a call exits while other calls are pending."""
    server = StalledServer()

    def exit_with_success(task: asyncio.Task[str]) -> None:
        task.result()
        print("done")
        sys.exit(0)

    async def main() -> None:
        tasks = start_calls(server, asyncio.get_running_loop())
        await asyncio.to_thread(server.wait_for_calls, STALLED_CALLS)
        last = asyncio.create_task(create_session_async("cus_1"))
        last.add_done_callback(exit_with_success)
        await asyncio.wait([*tasks, last])

    run = uvloop.run if runner == "uvloop" else asyncio.run
    run(main())
