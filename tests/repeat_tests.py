"""Repeats tests under load, and prints how often each passed and failed.

    repeat_tests.py [--times N] [--idle] SUITE [ARGUMENT...]

The arguments go to the suite's runner and choose the tests: `python -k fork`, `node abort.test.mjs`. Every processor is
kept busy, unless `--idle` is given. The suite is built once. The outputs of failed runs are kept in `target/repeat`.
A test that fails once in twenty runs is a defect.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from run_suites import choose
from suite_results import FAILED, PASSED
from suites import ROOT, Progress, exit_on_sigterm, run

KEPT = ROOT / "target/repeat"


@contextmanager
def busy_processors() -> Iterator[None]:
    """Keeps every processor busy."""
    # Each exits when this process exits, even if this process is killed.
    program = f"import os\nwhile os.getppid() == {os.getpid()}: sum(range(100_000))"
    busy = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


@contextmanager
def idle_processors() -> Iterator[None]:
    """Adds no load."""
    yield


def main() -> int:
    exit_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="number of runs (default: 20)")
    parser.add_argument("--idle", action="store_true", help="run without load")
    parser.add_argument("suite")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    (suite, *_), arguments = choose([options.suite, *options.arguments])
    counts: dict[str, Counter[str]] = {}
    KEPT.mkdir(parents=True, exist_ok=True)
    with idle_processors() if options.idle else busy_processors():
        for number in range(1, options.times + 1):
            progress = Progress(f"{suite.title}, run {number} of {options.times}")
            # The first run builds.
            done = run(suite, arguments, progress.tick, **({} if number == 1 else {"REUSE_BUILD": "1"}))
            for result in done.results:
                counts.setdefault(result.test, Counter())[result.outcome] += 1
            progress.end(f"{progress.title}: {len(done.failures)} failed after {done.seconds:.0f} s")
            if done.failures:
                shutil.copy(done.output, KEPT / f"{suite.name}-{number}.txt")
    print()
    for test, outcomes in sorted(counts.items(), key=lambda item: -item[1][FAILED]):
        print(f"{outcomes[PASSED]:4} passed {outcomes[FAILED]:4} failed  {test}")
    failed = sum(outcomes[FAILED] > 0 for outcomes in counts.values())
    print(f"\n{len(counts)} tests, {failed} of them failed at least once in {options.times} runs")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
