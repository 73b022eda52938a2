"""Calls from greenlets. A native call would hold up the hub and with it every other greenlet of the thread: it goes to
the hub's thread pool instead, and only the greenlet that makes it waits."""

from __future__ import annotations

from sys import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from typing_extensions import ParamSpec

    P = ParamSpec("P")
    T = TypeVar("T")


def call_beside_the_hub(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Makes the call where it does not hold up the hub of this thread, or at once where this thread has none."""
    gevent_hub = modules.get("gevent.hub")
    if gevent_hub is not None:
        hub = gevent_hub.get_hub_if_exists()
        if hub is not None:
            return hub.threadpool.apply(call, args, kwargs)
    eventlet_hubs = modules.get("eventlet.hubs")
    if eventlet_hubs is not None and getattr(eventlet_hubs._threadlocal, "hub", None) is not None:
        from eventlet import tpool

        return tpool.execute(call, *args, **kwargs)
    return call(*args, **kwargs)
