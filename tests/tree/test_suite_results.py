"""Results that `./justw test` reads: a failure is found in each form that a test runner reports."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from suite_results import FAILED, PASSED, SKIPPED, Result, from_cargo, from_junit
from suites import SUITES, Suite, run

CARGO = """\
   Compiling renumerate v0.1.0
     Running unittests src/lib.rs (target/debug/deps/renumerate-1)
running 4 tests
test retry::tests::waits ... ok
test retry::tests::panics - should panic ... ok
test retry::tests::slow ... ignored, needs an hour
test retry::tests::stops ... FAILED
test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s
error: test failed, to rerun pass `-p renumerate --lib`
     Running tests/fork.rs (target/debug/deps/fork-2)
a child makes a call
     Running tests/sigpipe.rs (target/debug/deps/sigpipe-3)
error: test failed, to rerun pass `-p renumerate --test sigpipe`
     Running tests/conformance/main.rs (target/debug/deps/conformance-4)
running 2 tests
test written ... into by another process
ok
test read ... ok
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s
   Doc-tests renumerate
running 1 test
test src/lib.rs - (line 12) ... ok
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
error: 2 targets failed:
    `-p renumerate --lib`
    `-p renumerate --test sigpipe`
"""


def test_each_result_of_cargo_is_parsed() -> None:
    results = list(from_cargo(CARGO))
    assert Counter(result.outcome for result in results) == {PASSED: 6, FAILED: 2, SKIPPED: 1}
    assert Result("src/lib.rs > retry::tests::stops", FAILED) in results
    assert Result("tests/fork.rs", PASSED) in results
    assert Result("tests/sigpipe.rs", FAILED) in results
    assert Result("docs of renumerate > src/lib.rs - (line 12)", PASSED) in results


def test_output_of_a_program_with_the_same_harness_is_read() -> None:
    output = "test node::a    ... ok\ntest node::b    ... FAILED\ntest result: FAILED. 1 passed; 1 failed; 0 ignored\n"
    output += "test node::driver_exits ... FAILED\n"
    assert list(from_cargo(output)) == [
        Result("node::a", PASSED),
        Result("node::b", FAILED),
        Result("node::driver_exits", FAILED),
    ]


def test_control_characters_in_junit_are_ignored(tmp_path: Path) -> None:
    report = tmp_path / "browser.xml"
    report.write_text(
        '<testsuite><testcase name="a"><failure message="\x1b[2mwaiting\x1b[22m"/></testcase></testsuite>'
    )
    assert [result.outcome for result in from_junit([report])] == [FAILED]


def test_each_result_of_junit_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "node.xml").write_text(
        '<testsuites><testsuite name="backends"><testsuite name="fastify"><testcase name="creates" classname="test"/>'
        '<testcase name="fails" classname="test"><failure/></testcase></testsuite></testsuite>'
        '<testcase name="alone" classname="test"><skipped/></testcase></testsuites>'
    )
    (tmp_path / "surefire.xml").write_text(
        '<testsuite name="A"><testcase name="b" classname="c.A"><error/></testcase></testsuite>'
    )
    assert list(from_junit(tmp_path.iterdir())) == [
        Result("backends > fastify > creates", PASSED),
        Result("backends > fastify > fails", FAILED),
        Result("alone", SKIPPED),
        Result("c.A > b", FAILED),
    ]


@pytest.mark.parametrize(
    ("program", "failures"),
    [
        ("exit 7", ["(the suite ended with exit code 7)"]),
        ("kill -9 $$", ["(the suite ended with exit code -9)"]),
        ("exit 0", ["(no test ran)"]),
        ("echo '<testsuite><testcase name=\"x\"/></testsuite>' > $0", []),
        ("echo '<testsuite><testcase name=\"x\"/></testsuite>' > $0; exit 1", ["(the suite ended with exit code 1)"]),
        (
            "echo '<testsuite><testcase' > $0",
            ["(the report odd.xml is incomplete: the runner was stopped while it wrote)"],
        ),
        ("echo '<testsuite><testcase name=\"x\"><error/></testcase></testsuite>' > $0; exit 1", ["x"]),
    ],
)
def test_failed_suite_is_reported(
    program: str, failures: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suites.OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr("suites.REPORTS", tmp_path / "reports")
    suite = Suite("odd", "Odd", ["sh", "-c", program], ["sh"], "", report=lambda file: [str(file)])
    assert run(suite, [], lambda _: None).failures == failures


def test_build_time_is_read_behind_colour_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suites.OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr("suites.REPORTS", tmp_path / "reports")
    suite = Suite("odd", "Odd", ["sh", "-c", r"printf '\033[0mbuild: 1 s\n'; sleep 1.2"], ["sh"], "")
    done = run(suite, [], lambda _: None)
    assert done.build_seconds == 1
    assert 0 < done.test_seconds < 60


def test_second_run_of_a_suite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suites.OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr("suites.REPORTS", tmp_path / "reports")
    suite = Suite("odd", "Odd", ["sleep", "1.5"], ["sh"], "", report=lambda file: [])
    refused = []

    def start_again(_: float) -> None:
        with pytest.raises(SystemExit) as error:
            run(suite, [], lambda _: None)
        refused.append(str(error.value))

    run(suite, [], start_again)
    assert refused == ["the suite odd is running already in this folder: wait for its end"]


def test_suite_names_are_unique() -> None:
    assert len({suite.name for suite in SUITES}) == len(SUITES)
