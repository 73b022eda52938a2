"""Calls of asyncio event loops. Each loop has its own native `PendingCalls`, which is freed together with the loop."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress

from renumerate_sdk import _logs
from renumerate_sdk._native import PendingCalls, out_of_resources

# The values are weak references. A `PendingCalls` holds futures and the futures hold the loop, so a strong reference
# would keep closed loops alive. While a `PendingCalls` is needed, the coroutines of its calls keep it alive. A loop
# that watches the file descriptor of its `PendingCalls` also keeps it alive.
_calls_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[PendingCalls]]
_calls_by_loop = weakref.WeakKeyDictionary()

# A `PendingCalls` works only in the process that created it. A loop that continues in a forked child needs a new one.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_calls_by_loop.clear)


def running_loop_and_calls() -> tuple[asyncio.AbstractEventLoop, PendingCalls]:
    """Returns the running event loop and its calls.

    Raises:
        RuntimeError: No event loop is running.
        NetworkError: The process has no threads or file descriptors left.
    """
    loop = asyncio.get_running_loop()
    reference = _calls_by_loop.get(loop)
    calls = None if reference is None else reference()
    if calls is None:
        calls = _new_pending_calls(loop)
        _calls_by_loop[loop] = weakref.ref(calls)
    return loop, calls


def _new_pending_calls(loop: asyncio.AbstractEventLoop) -> PendingCalls:
    calls = PendingCalls()
    for register in wakeup_methods:
        try:
            register(loop, calls)
            break
        except NotImplementedError:
            continue
        except OSError as error:
            raise out_of_resources(str(error)) from error
    return calls


def _add_reader(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    """Makes the loop watch the file descriptor of its calls, which becomes readable when results are ready."""
    loop.add_reader(calls.fileno(), deliver, loop, calls)


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


def deliver(loop: asyncio.AbstractEventLoop, calls: PendingCalls) -> None:
    """Resolves the futures of completed calls and logs the records of calls. Runs on the loop's thread."""
    calls.drain_wakeup()
    try:
        while (completion := calls.next_completion()) is not None:
            future, result = completion
            if future is None:
                _logs.emit([result])
            elif future.done():
                pass  # the task was cancelled in the meantime
            elif isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
    except BaseException:
        # A signal handler, for example, can raise an exception here. Call this function again soon, because the
        # remaining results must not wait for the next wakeup.
        loop.call_soon(deliver, loop, calls)
        raise


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
                loop.call_soon_threadsafe(deliver, loop, calls)

    return on_wakeup
