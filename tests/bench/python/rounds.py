"""Rounds of several contenders, interleaved: a machine whose speed drifts drifts for all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench_server import BenchServer
from job import Job, Lap, Start
from machine import clean_environment

_WORKER = Path(__file__).with_name("worker.py")


@dataclass(frozen=True)
class Round:
    lap: Lap
    """What the client says."""
    requests: int
    """What the server saw meanwhile."""
    refused: int


class Rounds:
    """All rounds of one contender."""

    def __init__(self, rounds: list[Round]) -> None:
        self._rounds = rounds
        self.calls = sum(round.lap.calls for round in rounds)
        self.good = sum(round.lap.good for round in rounds)
        self.requests = sum(round.requests for round in rounds)
        self.refused = sum(round.refused for round in rounds)
        self.wall = median(self._walls())
        self.cpu = median(round.lap.cpu / round.lap.calls for round in rounds)

    def _walls(self) -> list[float]:
        """Seconds per call of each round."""
        return [round.lap.wall / round.lap.calls for round in self._rounds]

    @property
    def spread(self) -> float:
        """Of the wall times: how far the slowest is from the quickest, as a part of the median."""
        return (max(self._walls()) - min(self._walls())) / self.wall


class Worker:
    """A contender in its process."""

    def __init__(self, job: Job) -> None:
        self.failure: str | None = None
        """Why there are no rounds of it, as soon as that is so."""
        self._process = subprocess.Popen(
            [sys.executable, _WORKER, json.dumps(asdict(job))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        if (start := self._line()) is not None and (missing := Start(**start).missing):
            self.failure = f"is missing: {missing}"

    def lap(self, seconds: float) -> Lap | None:
        if self.failure is not None:
            return None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        line = self._line()
        return None if line is None else Lap(**line)

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # which ends it
        self._process.wait(timeout=30)

    def _line(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.failure = f"failed with status {self._process.wait()}: see its message on stderr"
            return None
        fields: dict[str, Any] = json.loads(line)
        return fields


def interleaved(
    jobs: dict[str, Job], server: BenchServer, processor: int, count: int, seconds: float
) -> dict[str, Rounds | str]:
    """For each contender its rounds, or why there are none."""
    workers = {name: Worker(job) for name, job in jobs.items()}
    rounds: dict[str, list[Round]] = {name: [] for name in jobs}
    for _ in range(count):
        for name, worker in workers.items():
            before = server.counts(processor)
            lap = worker.lap(seconds)
            after = server.counts(processor)
            if lap is not None:
                rounds[name].append(Round(lap, after.requests - before.requests, after.refused - before.refused))
    for worker in workers.values():
        worker.end()
    return {name: worker.failure or Rounds(rounds[name]) for name, worker in workers.items()}
