"""gunicorn, as deployments run it."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager

LIMIT = 30.0
"""Seconds that it may take to answer."""


@contextmanager
def gunicorn(*arguments: str, variables: Mapping[str, str]) -> Generator[str]:
    """A running gunicorn on a port of its own choice, and its URL."""
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", "--log-level", "info", *arguments]
    server = subprocess.Popen(command, env=dict(variables), stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        said: list[str] = []
        for line in server.stderr:
            said.append(line)
            found = re.search(r"Listening at: (http://\S+)", line)
            if found:
                break
        else:
            raise AssertionError(f"gunicorn does not start: {''.join(said)}")
        yield found[1]
    finally:
        server.terminate()
        try:
            server.communicate(timeout=LIMIT)
        finally:
            server.kill()


def get(url: str) -> tuple[str, str]:
    """The body of the answer, and the worker that gave it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=LIMIT) as answer:
        return answer.read().decode(), answer.headers["Worker"]
