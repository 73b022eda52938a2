"""The server that all contenders call, a program of its own: it counts what came, so that nobody is quick by not
calling.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from machine import clean_environment


class Counts(NamedTuple):
    requests: int
    refused: int
    """Requests that were not answered with a 200."""


class BenchServer:
    """Two servers in one process: the first keeps to processor 0, the second to processor 1."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program, "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        self.urls = self._line()

    def counts(self, processor: int) -> Counts:
        """What came so far to the server of this processor."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        numbers = [int(number) for number in self._line()]
        return Counts(*numbers[2 * processor : 2 * processor + 2])

    def _line(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended with status {self._process.wait()}")
        return line.split()

    def __enter__(self) -> BenchServer:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()  # which ends it
        self._process.wait(timeout=10)
