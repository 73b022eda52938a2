"""Pending calls of schedulers: of asyncio event loops, trio runs, and hubs of gevent and eventlet.

Each scheduler has its own native `PendingCalls`, which is freed together with the scheduler.
"""

from __future__ import annotations

import weakref

from renumerate_sdk._native import PendingCalls, out_of_resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    _Scheduler = TypeVar("_Scheduler")

    _NewCall = tuple[PendingCalls, Callable[[], object], Callable[[], Awaitable[object]]]
    """Calls of the running scheduler, and two methods of an event: to set it, and to wait until it is set."""

# The values are weak references. A `PendingCalls` holds events and the events hold the scheduler, so a strong
# reference would keep ended schedulers alive. While a `PendingCalls` is needed, the frames of its calls keep it alive.
# A scheduler that watches the file descriptor of its `PendingCalls` also keeps it alive.
_calls_by_scheduler: weakref.WeakKeyDictionary[object, weakref.ref[PendingCalls]] = weakref.WeakKeyDictionary()


def calls_of(scheduler: _Scheduler, watch: Callable[[_Scheduler, PendingCalls], object] | None = None) -> PendingCalls:
    """Returns the calls of a scheduler. For new calls, `watch` makes the scheduler call `deliver` when it is woken.

    Without `watch`, the caller does so while it waits.

    Raises:
        NetworkError: The process has no threads or file descriptors left.
    """
    reference = _calls_by_scheduler.get(scheduler)
    calls = None if reference is None else reference()
    # A scheduler that continues in a forked child needs a new `PendingCalls`. `os.register_at_fork` would not do,
    # because uWSGI forks without calling Python's functions by default.
    if calls is None or calls.is_inherited():
        calls = PendingCalls()
        if watch is not None:
            try:
                watch(scheduler, calls)
            except OSError as error:
                raise out_of_resources(str(error)) from error
        _calls_by_scheduler[scheduler] = weakref.ref(calls)
    return calls


def deliver(calls: PendingCalls) -> None:
    """Sets the events of ended calls. Their callers then take the results. Runs on the scheduler's thread."""
    try:
        calls.drain_wakeup()
        while (set_event := calls.next_ended()) is not None:
            set_event()
    except BaseException:
        # A signal handler, for example, can raise an exception here. The remaining callers must not wait for the end
        # of another call.
        calls.wake()
        raise
