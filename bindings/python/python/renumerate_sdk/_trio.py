"""Calls of trio tasks."""

from __future__ import annotations

import trio
from trio import lowlevel

from renumerate_sdk._native import PendingCalls
from renumerate_sdk._pending_calls import calls_of, deliver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from renumerate_sdk._pending_calls import _NewCall


async def new_call() -> _NewCall:
    """Prepares a call of the current task.

    Raises:
        trio.Cancelled: The task is cancelled. Without this check, the call would start and then be aborted.
        NetworkError: The process has no threads or file descriptors left.
    """
    await lowlevel.checkpoint_if_cancelled()
    event = trio.Event()
    return calls_of(lowlevel.current_trio_token(), _watch), event.set, event.wait


def _watch(token: lowlevel.TrioToken, calls: PendingCalls) -> None:
    lowlevel.spawn_system_task(_deliver_results, calls)


async def _deliver_results(calls: PendingCalls) -> None:
    """System task that waits for results until the run ends."""
    while True:
        await lowlevel.wait_readable(calls.fileno())
        deliver(calls)
