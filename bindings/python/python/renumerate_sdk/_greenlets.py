"""Calls of greenlets, the cooperative tasks of gevent and eventlet.

The hub of a thread is the scheduler that runs all greenlets of this thread. A call that blocks the thread would block
the hub and all greenlets. The call therefore runs on the native background thread, and only the calling greenlet waits.
"""

from __future__ import annotations

from sys import modules

from renumerate_sdk._pending_calls import calls_of, deliver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from renumerate_sdk._native import PendingCalls

    _NewCall = tuple[PendingCalls, Callable[[], object], Callable[[], object]]
    """Calls of a hub, and two methods of an event: to set it, and to wait until it is set."""

_READABLE = 1

_gevent_watchers: dict[PendingCalls, tuple[Any, int]] = {}
"""Watchers of gevent, and the number of greenlets that wait for them.

A watcher is active only while greenlets wait. A hub runs until no watcher is active, and raises `LoopExit` if a
greenlet waits without one.
"""


def new_call() -> _NewCall | None:
    """Prepares a call of the current greenlet. Returns ``None`` if the call may block the thread.

    A thread without a hub has no other greenlets. In the hub's own greenlet, no other greenlet can run.

    Raises:
        NetworkError: The process has no threads or file descriptors left.
    """
    # This code reads private names, because the public functions of gevent and eventlet would create a missing hub.
    gevent_hubs = modules.get("gevent._hub_local")
    if gevent_hubs is not None:
        hub = gevent_hubs.get_hub_if_exists()
        if hub is not None:
            return _gevent_call(hub)
    eventlet_hubs = modules.get("eventlet.hubs")
    hub = None if eventlet_hubs is None else getattr(eventlet_hubs._threadlocal, "hub", None)
    return None if hub is None else _eventlet_call(hub)


def _gevent_call(hub: Any) -> _NewCall | None:
    from gevent import getcurrent
    from gevent.event import Event

    if getcurrent() is hub:
        return None

    def wait() -> None:
        watcher, waiting = _gevent_watchers.get(calls, (None, 0))
        if watcher is None:
            watcher = hub.loop.io(calls.fileno(), _READABLE)
            watcher.start(deliver, calls)
        _gevent_watchers[calls] = watcher, waiting + 1
        try:
            event.wait()
        finally:
            watcher, waiting = _gevent_watchers.pop(calls)
            if waiting > 1:
                _gevent_watchers[calls] = watcher, waiting - 1
            else:
                watcher.stop()
                watcher.close()

    calls, event = calls_of(hub), Event()
    return calls, event.set, wait


def _eventlet_call(hub: Any) -> _NewCall | None:
    from eventlet import getcurrent
    from eventlet.event import Event

    if getcurrent() is hub.greenlet:
        return None
    event = Event()
    return calls_of(hub, _watch_in_eventlet), event.send, event.wait


def _watch_in_eventlet(hub: Any, calls: PendingCalls) -> None:
    def on_readable(_: object) -> None:
        deliver(calls)

    descriptor = calls.fileno()
    # The hub may still have listeners of a closed file with the same number.
    hub.mark_as_reopened(descriptor)
    hub.add(hub.READ, descriptor, on_readable, on_readable, None)
