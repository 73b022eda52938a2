"""Runs Python code in a new interpreter. Tests use it for startup, fork and shutdown."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping

from renumerate_sdk.testing import Sandbox

TIMEOUT = 30.0
"""Seconds until a program is killed and its test fails."""

REQUESTS = """
    import json, os, urllib.request
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def requests():
        return json.load(opener.open(os.environ["RENUMERATE_BASE_URL"] + "/_sandbox/requests"))["requests"]

    def count_responses(customer):
        return sum(customer in request["body"] and request["status"] == 200 for request in requests())
"""
"""Code that gives a program the requests of its sandbox, and the number of its sessions for a customer."""


def environment(sandbox: Sandbox, **variables: str) -> dict[str, str]:
    """Returns the environment of this process with the variables of a sandbox."""
    return {
        **os.environ,
        "RENUMERATE_BASE_URL": sandbox.url,
        "RENUMERATE_PRIVATE_KEY": sandbox.private_key,
        "RENUMERATE_PUBLIC_KEY": sandbox.public_key,
        **variables,
    }


def start(code: str, variables: Mapping[str, str]) -> subprocess.Popen[str]:
    """Starts the code in a new interpreter."""
    command = [sys.executable, "-u", "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(code)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=dict(variables), stdout=pipe, stderr=pipe, text=True)


def finish(program: subprocess.Popen[str], timeout: float = TIMEOUT) -> str:
    """Waits for the program, asserts that it exited with 0 and no traceback, and returns its output."""
    try:
        out, err = program.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        program.kill()
        out, err = program.communicate()
        raise AssertionError(f"the program did not exit within {timeout} s: {out}{err}") from None
    assert program.returncode == 0, f"exit code {program.returncode}: {out}{err}"
    assert not any(part in err for part in ("Traceback", "Exception ignored", "panicked")), err
    return out


def run(code: str, variables: Mapping[str, str]) -> str:
    """Runs the code in a new interpreter and returns its output."""
    return finish(start(code, variables))
