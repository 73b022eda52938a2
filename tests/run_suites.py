"""Runs every test suite, also after one that failed, and prints one table of results and the names of failed tests.

    run_suites.py                        every suite
    run_suites.py python [ARGUMENT...]   one suite; the arguments go to its runner

A suite whose tools are missing is skipped, which is a failure in CI. The exit code is 1 if anything failed.
"""

import os
import subprocess
import sys
from pathlib import Path

from suite_results import FAILED, PASSED, SKIPPED
from suites import ROOT, SUITES, Progress, Run, Suite, exit_on_sigterm, run

# Number of lines of a failed suite's output that are repeated at the end. Runners print the failures there, and some CI
# systems show only the end of the log.
REPEATED_LINES = 40
COLUMNS = ("passed", "failed", "skipped", "build s", "test s")


def main(arguments: list[str]) -> int:
    exit_on_sigterm()
    chosen, given = choose(arguments)
    # A container exists to be installed into; other machines are left alone.
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        subprocess.run(["tests/setup"], cwd=ROOT, check=True)
    missing = [suite for suite in chosen if not suite.has_tools()]
    runs = {suite.title: run_one(suite, given) for suite in chosen if suite not in missing}
    print_table(runs)
    for suite in missing:
        print(f"skipped {suite.title}: its tools are missing. {suite.hint}")
    if missing and os.environ.get("CI") == "true":
        print("in CI no suite may be skipped")
        return 1
    return int(any(each.failures for each in runs.values()))


def choose(arguments: list[str]) -> tuple[list[Suite], list[str]]:
    """The suites to run, and the arguments for the runner of the only one."""
    if not arguments:
        return SUITES, []
    name, *given = arguments
    chosen = [suite for suite in SUITES if suite.name == name]
    if not chosen:
        sys.exit(f"unknown suite: {name}. Use one of {', '.join(suite.name for suite in SUITES)}")
    return chosen, given


def run_one(suite: Suite, given: list[str]) -> Run:
    """Runs a suite. If it fails, prints its output, because the file with it is lost when a CI machine is discarded."""
    progress = Progress(suite.title)
    done = run(suite, given, progress.tick)
    if done.failures:
        progress.end(f"{suite.title}: FAILED after {done.seconds:.0f} s; the output:")
        print(done.output.read_text("utf-8", "replace"), flush=True)
    else:
        progress.end(f"{suite.title}: passed after {done.seconds:.0f} s")
    return done


def print_table(runs: dict[str, Run]) -> None:
    """Prints a row per suite, the names and messages of failed tests, and the sums in a line that CI systems read."""
    rows = [
        (
            title,
            *(str(done.count(outcome)) for outcome in (PASSED, FAILED, SKIPPED)),
            f"{done.build_seconds:.0f}",
            f"{done.test_seconds:.0f}",
        )
        for title, done in runs.items()
    ]
    widths = [max(len(row[column]) for row in [("suite", *COLUMNS), *rows]) for column in range(len(COLUMNS) + 1)]
    print()
    for name, *numbers in [("suite", *COLUMNS), *rows]:
        print(name.ljust(widths[0]), *(text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True)))
    for title, done in runs.items():
        for test in done.failures:
            print(f"FAILED {title}: {test}")
        if done.failures:
            print(*done.output.read_text("utf-8", "replace").splitlines()[-REPEATED_LINES:], sep="\n")
    sums = {outcome: sum(done.count(outcome) for done in runs.values()) for outcome in (PASSED, FAILED, SKIPPED)}
    print("\n" + ", ".join(f"{count} {outcome}" for outcome, count in sums.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
