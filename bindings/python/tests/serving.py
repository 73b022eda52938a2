"""A web server in a process of its own, on a port that the system chose."""

from __future__ import annotations

import http.client
import os
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

LIMIT = 30.0
"""Seconds that a server may take to start, to answer or to stop."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: str


class Server:
    """A running server, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: list[str] = []
        self._port: queue.Queue[int | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self._lines)

    def wait(self) -> None:
        """Waits until it says where it listens. It is asked for port 0: no other process can have the port."""
        try:
            port = self._port.get(timeout=LIMIT)
        except queue.Empty:
            port = None
        assert port is not None, f"the server does not start: {self.output}"
        self.port = port

    def post(self, path: str, headers: Mapping[str, str], body: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            received = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, received, answer.read().decode())
        finally:
            connection.close()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # with the workers that it may have
            self._process.wait(LIMIT)
        self._reader.join(LIMIT)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            if listens := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self._port.put(int(listens[1]))
        self._port.put(None)


@contextmanager
def serving(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Generator[Server]:
    """Starts the server, and stops it at the end."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**env, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server = Server(process)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
