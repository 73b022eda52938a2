"""What the main script and a worker process say to each other: a job as the worker's argument, then lines of JSON.

The worker's first line is a `Start`. For each number of seconds that it reads it calls for so long and writes a `Lap`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    kind: str
    """Of the contender: `sync` or `async`."""
    contender: str
    url: str
    at_once: int
    processor: int | None
    """The one that the worker must keep to, if any."""


@dataclass(frozen=True)
class Start:
    missing: str | None = None
    """Why the contender's library could not be imported."""


@dataclass(frozen=True)
class Lap:
    """What a worker knows of one round."""

    wall: float
    cpu: float
    calls: int
    good: int
    """Calls that returned the id of a session."""
