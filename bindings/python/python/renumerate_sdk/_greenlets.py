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
            return _through(hub.threadpool.apply, call)
    hubs_of_eventlet = modules.get("eventlet.hubs")
    if hubs_of_eventlet is not None and getattr(hubs_of_eventlet._threadlocal, "hub", None) is not None:
        from eventlet import tpool

        return _through(lambda work, args: tpool.execute(work, *args), call)
    return call


def _through(pool: Callable[[Callable[..., Any], tuple[Any, ...]], Any], call: _Call) -> _Call:
    def ended(*args: object) -> tuple[Any, Exception | None]:
        # An error that a call raises is raised to its caller; a pool would print it too.
        try:
            return call(*args), None
        except Exception as error:
            return None, error

    def through_the_pool(*args: object) -> Any:
        result, error = pool(ended, args)
        if error is not None:
            raise error
        return result

    return through_the_pool  # type: ignore[return-value]
