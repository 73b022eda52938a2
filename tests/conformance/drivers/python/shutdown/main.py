"""Programs that end in a hard way; the argument says which."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import daemon_threads
import event_loops
import prefork_server
import process_pools

SCENARIOS: dict[str, Callable[[], None]] = {
    "gunicorn-preload": partial(prefork_server.ended_under_load, "sync"),
    "gunicorn-preload-asgi": partial(prefork_server.ended_under_load, "asgi"),
    "multiprocessing-fork": partial(process_pools.amid_calls, "fork"),
    "multiprocessing-spawn": partial(process_pools.amid_calls, "spawn"),
    "multiprocessing-forkserver": partial(process_pools.amid_calls, "forkserver"),
    "uvloop": event_loops.closed_with_calls_under_way,
    "asyncio-cancelled-at-end": event_loops.cancelled_at_the_end,
    "sys-exit-in-done-callback": partial(event_loops.exit_in_a_done_callback, "asyncio"),
    "sys-exit-in-done-callback-uvloop": partial(event_loops.exit_in_a_done_callback, "uvloop"),
    "daemon-threads": daemon_threads.left_behind,
}


def main() -> None:
    match sys.argv[1:]:
        case ["--list"]:
            print("\n".join(SCENARIOS))
        case [scenario] if scenario in SCENARIOS:
            SCENARIOS[scenario]()
        case _:
            sys.exit("name a scenario; --list names all")


if __name__ == "__main__":  # processes that are spawned read this file too
    main()
