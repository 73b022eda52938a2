"""Runs gunicorn with `--preload`, and terminates it under load."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stalled_server import StalledServer

if TYPE_CHECKING:
    from typing_extensions import Self

WORKERS = 4
THREADS = 8
LOAD_DURATION = 1.0  # seconds
RESPONSE_DELAY = 1.0  # seconds from the signal to the responses of stalled calls
GRACEFUL_TIMEOUT = 5  # seconds until gunicorn kills a worker
TIMEOUT = 10.0  # seconds

FAILURES = re.compile(r"Traceback|SIGKILL|TIMEOUT|panicked|Fatal Python error|Exception ignored")


class Response(NamedTuple):
    session_id: str
    worker: int


def terminate_under_load(worker_class: str) -> None:
    """Terminates gunicorn while calls are stalled. Their requests still get responses."""
    stalled = StalledServer()
    terminating = threading.Event()
    responses: list[Response] = []

    def send_requests() -> None:
        while True:
            try:
                responses.append(server.get("/"))
            except (OSError, http.client.HTTPException):
                if terminating.is_set():
                    return  # gunicorn accepts no more requests
                raise

    with Server(worker_class, stalled.url) as server, ThreadPoolExecutor(THREADS + WORKERS) as threads:
        clients = [threads.submit(send_requests) for _ in range(THREADS)]
        try:
            wait_for_all_workers(responses)
            slow = [threads.submit(server.get, "/stalled") for _ in range(WORKERS)]
            stalled.wait_for_calls(WORKERS)
        finally:
            terminating.set()
            server.terminate()
        time.sleep(RESPONSE_DELAY)
        stalled.respond()
        responses += [request.result() for request in slow]
        for client in clients:
            client.result()
        server.wait_for_clean_exit()
    assert len({response.session_id for response in responses}) == len(responses)
    print("done")


def wait_for_all_workers(responses: list[Response]) -> None:
    """Waits for the duration of the load, and until each worker has responded."""
    started = time.monotonic()
    while True:
        elapsed = time.monotonic() - started
        workers = len({response.worker for response in responses})
        if elapsed >= LOAD_DURATION and workers >= WORKERS:
            return
        if elapsed > TIMEOUT:
            raise TimeoutError(f"only {workers} workers responded within {TIMEOUT} s")
        time.sleep(0.05)


class Server:
    """A running gunicorn on a free port."""

    def __init__(self, worker_class: str, stalled_url: str) -> None:
        options = ["--preload", "--worker-class", worker_class, "--workers", str(WORKERS), "--bind", "127.0.0.1:0"]
        options += ["--graceful-timeout", str(GRACEFUL_TIMEOUT)]
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "gunicorn", *options, f"prefork_app:{worker_class}"],
            cwd=Path(__file__).parent,
            env={**os.environ, "STALLED_URL": stalled_url},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._is_listening = threading.Event()
        self._port = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        if not self._is_listening.wait(TIMEOUT):
            self.__exit__()
            raise TimeoutError(f"gunicorn did not start: {self._log()}")
        return self

    def __exit__(self, *_: object) -> None:
        self.terminate()
        self._process.wait()
        self._reader.join()

    def get(self, path: str) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read().decode()
        finally:
            connection.close()
        assert response.status == 200 and body.startswith(("ret_", "sub_")), f"{response.status}: {body}"
        return Response(body, int(response.headers["Worker"]))

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait_for_clean_exit(self) -> None:
        self._process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        assert self._process.returncode == 0, f"exit code {self._process.returncode}: {self._log()}"
        assert not FAILURES.search(self._log()), self._log()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._lines.append(line)
            if url := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self._port = int(url[1])
                self._is_listening.set()

    def _log(self) -> str:
        return "".join(self._lines)
