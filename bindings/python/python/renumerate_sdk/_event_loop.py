"""Calls of asyncio event loops."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress

from renumerate_sdk._native import PendingCalls
from renumerate_sdk._pending_calls import calls_of, deliver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from renumerate_sdk._pending_calls import _NewCall


def new_call() -> _NewCall:
    """Prepares a call of the current task.

    Raises:
        RuntimeError: No event loop is running.
        NetworkError: The process has no threads or file descriptors left.
    """
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    return calls_of(loop, _watch), event.set, event.wait


def _watch(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    for register in wakeup_methods:
        with suppress(NotImplementedError):
            register(loop, calls)
            return


def _add_reader(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    """Makes the loop watch the file descriptor of its calls, which becomes readable when results are ready."""
    loop.add_reader(calls.fileno(), deliver, calls)


def _start_reader_thread(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    """Starts a thread that watches the file descriptor, for loops that cannot watch descriptors.

    The thread reads from a duplicate of the descriptor. When the `PendingCalls` object is freed, its socket pair is
    closed. The thread then reads the end of file, and ends.
    """
    descriptor, on_wakeup = os.dup(calls.fileno()), _wakeup_callback(weakref.ref(loop), weakref.ref(calls))

    def listen() -> None:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        try:
            while True:
                poller.poll()
                with suppress(BlockingIOError):  # there are no bytes: `deliver` has already read them
                    if not os.read(descriptor, 64):
                        return
                    on_wakeup()
        finally:
            os.close(descriptor)

    try:
        threading.Thread(target=listen, name="renumerate-wake", daemon=True).start()
    except RuntimeError as error:  # the process has no threads left
        os.close(descriptor)
        raise OSError(str(error)) from error


def _set_callback(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    """Makes the native background thread call a Python function, on systems without socket pairs, such as Windows.

    This function is the last choice, because the native thread then runs Python code. If the interpreter shuts down at
    that moment, Python can end the thread by unwinding its stack, which would abort the process.
    """
    calls.set_callback(_wakeup_callback(weakref.ref(loop), weakref.ref(calls)))


wakeup_methods = [_add_reader, _start_reader_thread, _set_callback]
"""Functions that let the background thread wake a loop, in order of preference.

A function raises `NotImplementedError` if the loop or the system lacks the feature that the function needs. Tests
remove the first functions from this list to simulate such loops and systems.
"""


def _wakeup_callback(
    loop_ref: Callable[[], asyncio.AbstractEventLoop | None], calls_ref: Callable[[], PendingCalls | None]
) -> Callable[[], None]:
    """Returns a function that another thread can call to schedule `deliver` on the loop.

    The function does not keep the loop or its calls alive.
    """

    def on_wakeup() -> None:
        loop, calls = loop_ref(), calls_ref()
        if loop is not None and calls is not None and not loop.is_closed():
            with suppress(RuntimeError):  # the loop was closed in the meantime
                loop.call_soon_threadsafe(deliver, calls)

    return on_wakeup
