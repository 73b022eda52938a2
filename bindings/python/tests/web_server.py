"""Runs a web server in a child process, on a free port."""

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

TIMEOUT = 30.0
"""Maximum seconds for a server to start, to respond and to stop."""


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: str


class Server:
    """A running server with its captured output."""

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
        """Waits until the server prints its URL. It binds port 0, so the port is always free."""
        try:
            port = self._port.get(timeout=TIMEOUT)
        except queue.Empty:
            port = None
        assert port is not None, f"the server did not start: {self.output}"
        self.port = port

    def get(self, path: str, headers: Mapping[str, str]) -> Response:
        return self._request("GET", path, headers, None)

    def post(self, path: str, headers: Mapping[str, str], body: str) -> Response:
        return self._request("POST", path, {"Content-Type": "application/json", **headers}, body)

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: str | None) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, received, response.read().decode())
        finally:
            connection.close()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # includes worker processes
            self._process.wait(TIMEOUT)
            raise AssertionError(f"the server did not stop within {TIMEOUT} s: {self.output}") from None
        finally:
            self._reader.join(TIMEOUT)
            assert self._process.stdout is not None
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
            if url := re.search(r"(?:http://|TCP address )127\.0\.0\.1:(\d+)", line):
                self._port.put(int(url[1]))
        self._port.put(None)


@contextmanager
def running_server(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> Generator[Server]:
    """Starts the server and stops it when the block exits."""
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
