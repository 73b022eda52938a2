"""Calls from greenlets, the cooperative tasks of gevent and eventlet.

The hub of a thread is the scheduler that runs all greenlets of this thread. A native call on this thread would block
the hub and all greenlets. The call therefore runs in a thread pool, so that only the calling greenlet waits.
"""

from __future__ import annotations

from sys import modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Function = TypeVar("_Function", bound=Callable[..., Any])


def run_in_hub_threadpool(function: _Function) -> _Function:
    """Wraps a function so that it runs in the thread pool of the calling thread's hub.

    Returns the function unchanged if the thread has no hub.
    """
    # This code reads private names, because the public functions of gevent and eventlet would create a missing hub.
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
        # Return the exception, and raise it in the calling greenlet. If it were raised in the pool, the pool would also
        # print it.
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
