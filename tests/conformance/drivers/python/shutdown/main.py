"""Runs the shutdown scenario that the argument names, or prints all names with `--list`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import daemon_threads
import event_loops
import prefork_server
import process_pools

SCENARIOS: dict[str, Callable[[], None]] = {
    "gunicorn-preload": partial(prefork_server.terminate_under_load, "sync"),
    "gunicorn-preload-asgi": partial(prefork_server.terminate_under_load, "asgi"),
    "multiprocessing-fork": partial(process_pools.start_during_calls, "fork"),
    "multiprocessing-spawn": partial(process_pools.start_during_calls, "spawn"),
    "multiprocessing-forkserver": partial(process_pools.start_during_calls, "forkserver"),
    "uvloop-closed-with-pending-calls": event_loops.close_with_pending_calls,
    "asyncio-cancelled-at-exit": event_loops.cancel_at_exit,
    "sys-exit-in-done-callback": partial(event_loops.exit_in_done_callback, "asyncio"),
    "sys-exit-in-done-callback-uvloop": partial(event_loops.exit_in_done_callback, "uvloop"),
    "daemon-threads": daemon_threads.exit_during_calls,
}


def main() -> None:
    match sys.argv[1:]:
        case ["--list"]:
            print("\n".join(SCENARIOS))
        case [scenario] if scenario in SCENARIOS:
            SCENARIOS[scenario]()
        case _:
            sys.exit("unknown scenario: see --list")


if __name__ == "__main__":  # spawned processes import this file
    main()
