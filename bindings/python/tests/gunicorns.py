"""gunicorn, as deployments run it."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from serving import LIMIT, serving


@contextmanager
def gunicorn(*arguments: str, folder: Path, variables: Mapping[str, str]) -> Generator[str]:
    """A running gunicorn on a port of its own choice, and its URL. The application is in the folder."""
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", *arguments]
    with serving(command, folder, variables) as server:
        yield f"http://127.0.0.1:{server.port}"


def get(url: str) -> tuple[str, str]:
    """The body of the answer, and the worker that gave it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=LIMIT) as answer:
        return answer.read().decode(), answer.headers["Worker"]
