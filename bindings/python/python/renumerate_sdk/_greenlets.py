"""Calls from greenlets. A native call would hold up the hub and with it every other greenlet of the thread: it goes to
the hub's thread pool instead, and only the greenlet that makes it waits."""

from __future__ import annotations

from sys import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Call = TypeVar("_Call", bound=Callable[..., Any])


def beside_the_hub(call: _Call) -> _Call:
    """The same call, made where it does not hold up the hub of this thread; or the call itself, where it has none."""
    # Asking for a hub in public ways makes one where there is none.
    hubs_of_gevent = modules.get("gevent._hub_local")
    if hubs_of_gevent is not None:
        hub = hubs_of_gevent.get_hub_if_exists()
        if hub is not None:
            return lambda *args: hub.threadpool.apply(call, args)  # type: ignore[return-value]
    hubs_of_eventlet = modules.get("eventlet.hubs")
    if hubs_of_eventlet is not None and getattr(hubs_of_eventlet._threadlocal, "hub", None) is not None:
        from eventlet import tpool

        return lambda *args: tpool.execute(call, *args)  # type: ignore[return-value]
    return call
