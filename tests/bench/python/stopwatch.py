"""Wall time, and the CPU time of this whole process: threads of a native library count like any other."""

from __future__ import annotations

import resource
import time


class Stopwatch:
    def start(self) -> None:
        self._cpu, self._wall = _cpu(), time.perf_counter()

    def stop(self) -> tuple[float, float]:
        """The seconds since the start: wall and CPU."""
        return time.perf_counter() - self._wall, _cpu() - self._cpu


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
