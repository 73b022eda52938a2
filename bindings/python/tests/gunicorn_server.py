"""Runs gunicorn and requests its pages."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from web_server import TIMEOUT, running_server


@contextmanager
def gunicorn(*arguments: str, folder: Path, variables: Mapping[str, str]) -> Generator[str]:
    """Runs gunicorn on a free port with the application in `folder`. Yields the URL."""
    command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", *arguments]
    with running_server(command, folder, variables) as server:
        yield f"http://127.0.0.1:{server.port}"


def get(url: str) -> tuple[str, str]:
    """Returns the response body and the worker that sent it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=TIMEOUT) as response:
        return response.read().decode(), response.headers["Worker"]
