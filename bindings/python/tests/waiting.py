"""Waiting for an event instead of for time."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(event: Callable[[], object], within: float = 20.0) -> None:
    """Returns when it has happened; fails after so many seconds."""
    given_up = time.monotonic() + within
    while not event():
        assert time.monotonic() < given_up, "it does not happen"
        time.sleep(0.005)
