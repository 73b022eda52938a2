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
_calls_of_loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[LoopCalls]]
_calls_of_loops = weakref.WeakKeyDictionary()

# In a forked child they are the parent's: a loop that goes on there gets calls of its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_calls_of_loops.clear)


def running() -> tuple[asyncio.AbstractEventLoop, LoopCalls]:
    """The loop that runs, and its calls."""
    loop = asyncio.get_running_loop()
    known = _calls_of_loops.get(loop)
    calls = None if known is None else known()
    if calls is None:
        calls = _attached(loop)
        _calls_of_loops[loop] = weakref.ref(calls)
    return loop, calls


def _attached(loop: asyncio.AbstractEventLoop) -> LoopCalls:
    calls = LoopCalls()
    for listen in ways_to_listen:
        with suppress(NotImplementedError):
            listen(loop, calls)
            break
    return calls


def _watch(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    loop.add_reader(calls.fileno(), deliver, loop, calls)


def _listen_on_a_thread(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """For a loop that watches no descriptors. The thread ends with the calls, whose end it hears by a copy of the
    descriptor."""
    descriptor, tell = os.dup(calls.fileno()), _deliverer(weakref.ref(loop), weakref.ref(calls))

    def listen() -> None:
        rings = select.poll()
        rings.register(descriptor, select.POLLIN)
        try:
            while True:
                rings.poll()
                with suppress(BlockingIOError):  # the loop has heard it already
                    if not os.read(descriptor, 64):
                        return
                    tell()
        finally:
            os.close(descriptor)

    threading.Thread(target=listen, name="renumerate-bell", daemon=True).start()


def _be_called(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """Where there are no socket pairs, as on Windows. Elsewhere it is not the way: at the end of the interpreter Python
    would unwind the thread that calls, which is the library's own, and the process would abort."""
    calls.call_instead(_deliverer(weakref.ref(loop), weakref.ref(calls)))


ways_to_listen = [_watch, _listen_on_a_thread, _be_called]
"""How a loop gets to hear of news, the best way first; what cannot be done here raises a `NotImplementedError`. Tests
take the first ones away, to play loops and systems that lack them."""


def deliver(loop: asyncio.AbstractEventLoop, calls: LoopCalls) -> None:
    """Hands out what has come."""
    calls.hush()
    try:
        while (news := calls.next_news()) is not None:
            future, outcome = news
            if future is None:
                _logs.write([outcome])
            elif future.done():
                pass  # it was cancelled meanwhile
            elif isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
    except BaseException:
        # A signal's handler, say: the others that have come must not wait for the next bell.
        loop.call_soon(deliver, loop, calls)
        raise


def _deliverer(
    loop_of: Callable[[], asyncio.AbstractEventLoop | None], calls_of: Callable[[], LoopCalls | None]
) -> Callable[[], None]:
    """A function for another thread; it keeps neither the loop nor its calls alive."""

    def tell() -> None:
        loop, calls = loop_of(), calls_of()
        if loop is not None and calls is not None and not loop.is_closed():
            with suppress(RuntimeError):  # closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(deliver, loop, calls)

    return tell
