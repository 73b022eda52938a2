"""The calls of the event loop that runs: each loop has its own, which end with it."""

from __future__ import annotations

import asyncio
import os
import select
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress

from renumerate_sdk import _logs
from renumerate_sdk._native import LoopCalls

# A loop that watches the descriptor of its calls keeps them, and so does each call that is awaited. Kept from here, the
# calls of a loop that was closed would keep it in turn, by their futures.
_calls_by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[LoopCalls]]
_calls_by_loop = weakref.WeakKeyDictionary()

# In a forked child they are the parent's: a loop that goes on there gets calls of its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_calls_by_loop.clear)


def running_loop_calls() -> tuple[asyncio.AbstractEventLoop, LoopCalls]:
    """The loop that runs, and its calls."""
    loop = asyncio.get_running_loop()
    reference = _calls_by_loop.get(loop)
    calls = None if reference is None else reference()
    if calls is None:
        calls = _new_loop_calls(loop)
        _calls_by_loop[loop] = weakref.ref(calls)
    return loop, calls


def _new_loop_calls(loop: asyncio.AbstractEventLoop) -> LoopCalls:
    calls = LoopCalls()
    for register in wakeup_methods:
        with suppress(NotImplementedError):
            register(loop, calls)
            break
    return calls


def _add_reader(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    loop.add_reader(calls.fileno(), deliver, loop, calls)


def _start_reader_thread(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """For a loop that watches no descriptors. The thread ends with the calls, whose end it hears by a copy of the
    descriptor."""
    descriptor, on_wakeup = os.dup(calls.fileno()), _wakeup_callback(weakref.ref(loop), weakref.ref(calls))

    def listen() -> None:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        try:
            while True:
                poller.poll()
                with suppress(BlockingIOError):  # the loop has heard it already
                    if not os.read(descriptor, 64):
                        return
                    on_wakeup()
        finally:
            os.close(descriptor)

    threading.Thread(target=listen, name="renumerate-wake", daemon=True).start()


def _set_callback(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """Where there are no socket pairs, as on Windows. Elsewhere it is not the way: at the end of the interpreter Python
    would unwind the thread that calls, which is the library's own, and the process would abort."""
    calls.call_instead(_wakeup_callback(weakref.ref(loop), weakref.ref(calls)))


wakeup_methods = [_add_reader, _start_reader_thread, _set_callback]
"""Functions that register how a loop is woken, in order of preference. One that the loop or the system does not support
raises `NotImplementedError`. Tests remove the first ones to simulate such loops and systems."""


def deliver(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """Hands out what has come."""
    calls.hush()
    try:
        while (completion := calls.next_news()) is not None:
            future, result = completion
            if future is None:
                _logs.emit([result])
            elif future.done():
                pass  # it was cancelled meanwhile
            elif isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
    except BaseException:
        # A signal's handler, say: the others that have come must not wait for the next bell.
        loop.call_soon(deliver, loop, calls)
        raise


def _wakeup_callback(
    loop_ref: Callable[[], asyncio.AbstractEventLoop | None], calls_ref: Callable[[], LoopCalls | None]
) -> Callable[[], None]:
    """A function for another thread; it keeps neither the loop nor its calls alive."""

    def on_wakeup() -> None:
        loop, calls = loop_ref(), calls_ref()
        if loop is not None and calls is not None and not loop.is_closed():
            with suppress(RuntimeError):  # closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(deliver, loop, calls)

    return on_wakeup
