"""Reads test results: JUnit's XML, which most runners write, and the output of `cargo test`, which has no report."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Result:
    """The outcome of one test: PASSED, FAILED or SKIPPED."""

    test: str
    outcome: str


def from_junit(files: Iterable[Path]) -> Iterator[Result]:
    """Yields the result of each test case in these reports."""
    for file in sorted(files):
        # Node copies colour codes of error messages into the report, although XML cannot contain control characters.
        text = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", file.read_bytes())
        try:
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError:
            yield Result(f"(the report {file.name} is incomplete: the runner was stopped while it wrote)", FAILED)
        else:
            yield from _from_element(root, ())


def _from_element(element: ElementTree.Element, parents: tuple[str, ...]) -> Iterator[Result]:
    for child in element:
        name = child.get("name", "")
        if child.tag == "testsuite":
            yield from _from_element(child, (*parents, name))
        elif child.tag == "testcase":
            # Node nests suites and gives every case the same class; the other runners name a class and do not nest.
            class_name = child.get("classname", "")
            prefix = parents if class_name in ("", "test") else (class_name,)
            yield Result(" > ".join((*prefix, name)), _outcome(child))


def _outcome(case: ElementTree.Element) -> str:
    tags = {child.tag for child in case}
    if tags & {"failure", "error"}:
        return FAILED
    return SKIPPED if "skipped" in tags else PASSED


_CARGO_TARGET = re.compile(r"^\s+(?:Running (?:unittests )?(?P<file>\S+)|Doc-tests (?P<crate>\S+))")
_CARGO_TEST = re.compile(r"^test (?P<name>.+?)(?: - should panic)? \.\.\. (?P<outcome>ok|FAILED|ignored)\b")
_CARGO_SUMMARY = re.compile(
    r"^test result: \w+\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; (?P<ignored>\d+) ignored"
)
_CARGO_FAILED_TARGET = re.compile(r"^\s+`-p (?P<package>\S+) --test (?P<target>\S+)`")


def from_cargo(output: str) -> Iterator[Result]:
    """Yields the result of each test in the output of `cargo test --no-fail-fast`.

    A target without the standard harness prints no summary. It counts as one test, which fails if cargo lists the
    target at the end. If a program has written into the line of a test, the summary still counts that test. The output
    may also be that of one program with such a harness, without the lines of cargo.
    """
    failed_targets = {match["target"] for line in output.splitlines() if (match := _CARGO_FAILED_TARGET.match(line))}
    target, results, has_summary = None, [], False

    def name_of(test: str) -> str:
        return f"{target} > {test}" if target else test

    def end_of_target() -> Iterator[Result]:
        yield from results
        if target and not has_summary:
            yield Result(target, FAILED if Path(target).stem in failed_targets else PASSED)

    for line in output.splitlines():
        if match := _CARGO_TARGET.match(line):
            yield from end_of_target()
            target, results, has_summary = match["file"] or f"docs of {match['crate']}", [], False
        elif match := _CARGO_TEST.match(line):
            outcome = {"ok": PASSED, "FAILED": FAILED, "ignored": SKIPPED}[match["outcome"]]
            results.append(Result(name_of(match["name"].strip()), outcome))
        elif match := _CARGO_SUMMARY.match(line):
            has_summary = True
            for outcome, expected in ((PASSED, "passed"), (FAILED, "failed"), (SKIPPED, "ignored")):
                unread = int(match[expected]) - sum(result.outcome == outcome for result in results)
                results.extend([Result(name_of("(a test whose line could not be read)"), outcome)] * unread)
    yield from end_of_target()
