"""The test suites: how each is started, which tools it needs, and where its results are."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from suite_results import FAILED, PASSED, Result, from_cargo, from_junit

ROOT = Path(__file__).resolve().parents[1]
# `./justw checks` searches the outputs for private keys.
OUTPUTS = ROOT / "target/test-outputs"
REPORTS = ROOT / "target/test-reports"

# Tests set these themselves; a value from the caller's shell would change what they see.
CLEARED_PREFIXES = ("RENUMERATE_", "SSL_CERT_")
CLEARED = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"}


@dataclass(frozen=True)
class Suite:
    """One language's tests. `report` returns the arguments that make the runner write a JUnit report to a path."""

    name: str
    title: str
    command: list[str]
    tools: list[str]
    hint: str
    report: Callable[[Path], list[str]] | None = None
    # Reports that the runner writes to a place of its own, as a pattern below the project's folder.
    own_reports: str | None = None
    # Whether the output is that of `cargo test`, which writes no report.
    cargo_output: bool = False

    def has_tools(self) -> bool:
        """Whether this machine can run the suite."""
        if len(self.tools) > 1:
            return subprocess.run(self.tools, cwd=ROOT, capture_output=True).returncode == 0
        return shutil.which(self.tools[0]) is not None


def _node_report(file: Path) -> list[str]:
    reporters = {"spec": "stdout", "junit": str(file)}
    return [f"--test-reporter{part}" for name, to in reporters.items() for part in (f"={name}", f"-destination={to}")]


SUITES = [
    Suite(
        "rust",
        "Rust",
        ["tests/run_rust_tests.sh"],
        ["cargo"],
        "Install Rust from https://rustup.rs",
        cargo_output=True,
    ),
    Suite(
        "contract",
        "Contract",
        ["tests/contract/run"],
        ["tests/contract/run", "--is-there"],
        "Install Python 3.11 or later",
        report=lambda file: ["--report", "junit", "--report-junit-path", str(file)],
    ),
    Suite(
        "python",
        "Python",
        ["bindings/python/tests/run"],
        ["python3"],
        "Install Python 3.11 or later",
        report=lambda file: [f"--junit-xml={file}"],
    ),
    Suite(
        "node",
        "Node",
        ["bindings/node/tests/run"],
        ["npm"],
        "Install Node 20 or later",
        report=_node_report,
    ),
    Suite(
        "browser",
        "Browser",
        ["tests/browser/run"],
        ["tests/browser/run", "--is-there"],
        "Install Node 20 or later, Chromium and NSS's certutil",
        report=_node_report,
    ),
    Suite(
        "kotlin",
        "Kotlin and Java",
        ["bindings/kotlin/tests/run"],
        ["mvn"],
        "Install a JDK, 17 or later, and Maven",
        own_reports="bindings/kotlin/**/target/surefire-reports/TEST-*.xml",
    ),
    Suite(
        "swift",
        "Swift",
        ["bindings/swift/Tests/run"],
        ["bindings/swift/toolchain", "--is-there"],
        "Install Swift 6 from https://www.swift.org/install",
        report=lambda file: ["--xunit-output", str(file)],
    ),
    Suite(
        "conformance",
        "Conformance",
        ["tests/conformance/run.sh", "test", "--check-matrix", "docs/fault-matrix.md"],
        ["bash", "tests/conformance/has_tools.sh"],
        "Install the tools of all languages: see the other suites",
        cargo_output=True,
    ),
]


@dataclass
class Run:
    """Results of one run of a suite."""

    results: list[Result]
    # Duration of the build, and of the tests.
    build_seconds: float
    test_seconds: float
    output: Path
    failures: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.failures = [result.test for result in self.results if result.outcome == FAILED]

    @property
    def seconds(self) -> float:
        """Duration of the build and the tests."""
        return self.build_seconds + self.test_seconds

    def count(self, outcome: str) -> int:
        """The number of tests with this outcome."""
        return sum(result.outcome == outcome for result in self.results)


def environment() -> dict[str, str]:
    """The environment of a suite: this process's, without the variables that the tests set."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(CLEARED_PREFIXES) and name.upper() not in CLEARED
    }


def run(suite: Suite, arguments: list[str], on_tick: Callable[[float], None], **variables: str) -> Run:
    """Runs a suite to its end, and calls `on_tick` with the elapsed seconds once a second until then.

    The output goes to a file. The suite runs in its own process group, which is killed if this process is interrupted.
    """
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    REPORTS.mkdir(parents=True, exist_ok=True)
    with _lock(suite):
        return _run_locked(suite, arguments, on_tick, variables)


@contextmanager
def _lock(suite: Suite) -> Iterator[None]:
    """Refuses a second run of the suite in this folder: it would replace the packages and reports of the first."""
    with (REPORTS / f"{suite.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"the suite {suite.name} is running already in this folder: wait for its end")
        yield


def _run_locked(suite: Suite, arguments: list[str], on_tick: Callable[[float], None], variables: dict[str, str]) -> Run:
    report = REPORTS / f"{suite.name}.xml"
    own_reports = (
        (lambda: ROOT.glob(suite.own_reports)) if suite.own_reports else (lambda: REPORTS.glob(f"{suite.name}*.xml"))
    )
    for old in list(own_reports()):
        old.unlink()
    output = OUTPUTS / f"{suite.name}.txt"
    command = [*suite.command, *(suite.report(report) if suite.report else []), *arguments]
    started = time.monotonic()
    with output.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while True:
                try:
                    code = process.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    on_tick(time.monotonic() - started)
        finally:
            _kill_group(process)
    seconds = time.monotonic() - started
    # Maven resets colours at the beginning of a line, even if its output goes to a file.
    text = re.sub(r"\x1b\[[0-9;]*m", "", output.read_text("utf-8", "replace"))
    results = list(from_cargo(text) if suite.cargo_output else from_junit(own_reports()))
    # The suites' scripts print this line when they start the tests.
    built = re.search(r"^build: (\d+) s$", text, re.MULTILINE)
    build_seconds = min(float(built[1]), seconds) if built else 0.0
    return Run(_with_exit_code(results, code), build_seconds, seconds - build_seconds, output)


def exit_on_sigterm() -> None:
    """Makes SIGTERM end this process like an interrupt does, so that no suite outlives it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def _kill_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _with_exit_code(results: list[Result], code: int) -> list[Result]:
    """Adds a failure for a runner that failed without a failed test, as after a failed build, or that ran no test."""
    outcomes = {result.outcome for result in results}
    if code != 0 and FAILED not in outcomes:
        return [*results, Result(f"(the suite ended with exit code {code})", FAILED)]
    if PASSED not in outcomes and FAILED not in outcomes:
        return [*results, Result("(no test ran)", FAILED)]
    return results


class Progress:
    """Shows the current suite and its elapsed time: on a terminal in one line, elsewhere in a line per minute."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.minutes = 0
        self.terminal = sys.stdout.isatty()
        if not self.terminal:
            print(f"{title}: started", flush=True)

    def tick(self, seconds: float) -> None:
        """Updates the line on a terminal, or prints one if a minute has passed."""
        elapsed = f"{int(seconds) // 60}:{int(seconds) % 60:02}"
        if self.terminal:
            print(f"\r\033[K{self.title}: running for {elapsed}", end="", flush=True)
        elif int(seconds) // 60 > self.minutes:
            self.minutes = int(seconds) // 60
            print(f"{self.title}: running for {elapsed}", flush=True)

    def end(self, text: str) -> None:
        """Replaces the line on a terminal with the final text."""
        print(f"{chr(13)}\033[K{text}" if self.terminal else text, flush=True)
