"""Calls from greenlets. A native call would hold up the hub and with it every other greenlet of the thread: it goes to
the hub's thread pool instead, and only the greenlet that makes it waits."""

from __future__ import annotations

from sys import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Function = TypeVar("_Function", bound=Callable[..., Any])


def run_in_hub_threadpool(function: _Function) -> _Function:
    """The same call, made where it does not hold up the hub of this thread; or the call itself, where it has none."""
    # Asking for a hub in public ways makes one where there is none.
    gevent_hubs = modules.get("gevent._hub_local")
    if gevent_hubs is not None:
        hub = gevent_hubs.get_hub_if_exists()
        if hub is not None:
            return _bind_to_pool(hub.threadpool.apply, function)
    eventlet_hubs = modules.get("eventlet.hubs")
    if eventlet_hubs is not None and getattr(eventlet_hubs._threadlocal, "hub", None) is not None:
        from eventlet import tpool

        return _bind_to_pool(lambda function, args: tpool.execute(function, *args), function)
    return function


def _bind_to_pool(apply: Callable[[Callable[..., Any], tuple[Any, ...]], Any], function: _Function) -> _Function:
    def capture(*args: object) -> tuple[Any, Exception | None]:
        # An error that a call raises is raised to its caller; a pool would print it too.
        try:
            return function(*args), None
        except Exception as error:
            return None, error

    def run_in_pool(*args: object) -> Any:
        result, error = apply(capture, args)
        if error is not None:
            raise error
        return result

    return run_in_pool  # type: ignore[return-value]
