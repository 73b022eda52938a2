"""Python programs of their own, for what a test's process cannot show: how one starts, forks and ends."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping

from renumerate_sdk.testing import Sandbox

LONGEST = 30.0
"""Seconds: a program that hangs is killed then, and its test fails."""


def environment(sandbox: Sandbox, **variables: str) -> dict[str, str]:
    """This environment, with the variables of a sandbox."""
    return {
        **os.environ,
        "RENUMERATE_BASE_URL": sandbox.url,
        "RENUMERATE_PRIVATE_KEY": sandbox.private_key,
        **variables,
    }


def start(code: str, variables: Mapping[str, str]) -> subprocess.Popen[str]:
    """Starts the code in an interpreter of its own."""
    command = [sys.executable, "-u", "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(code)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=dict(variables), stdout=pipe, stderr=pipe, text=True)


def finish(program: subprocess.Popen[str], within: float = LONGEST) -> str:
    """Waits for its end, which must be a good one, and returns what it printed."""
    try:
        out, err = program.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        program.kill()
        out, err = program.communicate()
        raise AssertionError(f"the program did not end within {within} s: {out}{err}") from None
    assert program.returncode == 0, f"exit code {program.returncode}: {out}{err}"
    assert not any(part in err for part in ("Traceback", "Exception ignored", "panicked")), err
    return out


def run(code: str, variables: Mapping[str, str]) -> str:
    """Runs the code to its end, and returns what it printed."""
    return finish(start(code, variables))
