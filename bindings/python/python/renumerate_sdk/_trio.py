"""Calls of trio tasks. The functions import trio, because most programs do not use it."""

from __future__ import annotations

from sys import modules

from renumerate_sdk._native import PendingCalls
from renumerate_sdk._pending_calls import calls_of, deliver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from trio.lowlevel import TrioToken

    from renumerate_sdk._pending_calls import _NewCall


def is_running() -> bool:
    """Returns whether the current task is a task of trio."""
    sniffio = modules.get("sniffio")  # trio imports it
    if sniffio is None:
        return False
    try:
        return bool(sniffio.current_async_library() == "trio")
    except sniffio.AsyncLibraryNotFoundError:
        return False


async def new_call() -> _NewCall:
    """Prepares a call of the current task.

    Raises:
        trio.Cancelled: The task is cancelled. Without this check, the call would start and then be aborted.
        NetworkError: The process has no threads or file descriptors left.
    """
    import trio
    from trio import lowlevel

    await lowlevel.checkpoint_if_cancelled()
    event = trio.Event()
    return calls_of(lowlevel.current_trio_token(), _watch), event.set, event.wait


def _watch(token: TrioToken, calls: PendingCalls) -> None:
    from trio import lowlevel

    lowlevel.spawn_system_task(_deliver_results, calls, calls.fileno())


async def _deliver_results(calls: PendingCalls, descriptor: int) -> None:
    """System task that waits for results until the run ends."""
    from trio import lowlevel

    while True:
        await lowlevel.wait_readable(descriptor)
        deliver(calls)
