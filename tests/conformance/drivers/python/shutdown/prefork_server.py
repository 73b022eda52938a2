"""gunicorn with `--preload`, as deployments run it, ended by a signal under load."""

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

from held import Held

if TYPE_CHECKING:
    from typing_extensions import Self

WORKERS = 4
THREADS = 8
LOAD = 1.0  # seconds
SLOWNESS = 1.0  # seconds from the signal to the answers that are waited for
GRACE = 5  # seconds; then gunicorn kills a worker that hangs
LIMIT = 10.0  # seconds; what takes longer hangs

BAD_SIGNS = re.compile(r"Traceback|SIGKILL|TIMEOUT|panicked|Fatal Python error|Exception ignored")


class Answer(NamedTuple):
    session_id: str
    worker: int


def ended_under_load(kind: str) -> None:
    """Each worker answers; the signal comes while calls are held, and the requests that wait for them are answered."""
    held = Held()
    terminating = threading.Event()
    answers: list[Answer] = []

    def ask_again_and_again() -> None:
        while True:
            try:
                answers.append(server.ask("/"))
            except (OSError, http.client.HTTPException):
                if terminating.is_set():
                    return  # it takes no more requests
                raise

    with Server(kind, held.url) as server, ThreadPoolExecutor(THREADS + WORKERS) as threads:
        askers = [threads.submit(ask_again_and_again) for _ in range(THREADS)]
        try:
            wait_for_all_workers(answers)
            slow = [threads.submit(server.ask, "/held") for _ in range(WORKERS)]
            held.wait_for_calls(WORKERS)
        finally:
            terminating.set()
            server.terminate()
        time.sleep(SLOWNESS)
        held.answer()
        answers += [request.result() for request in slow]
        for asker in askers:
            asker.result()
        server.wait_for_a_good_end()
    assert len({answer.session_id for answer in answers}) == len(answers)
    print("done")


def wait_for_all_workers(answers: list[Answer]) -> None:
    """The load lasts as long as it should, and until each of them has answered."""
    began = time.monotonic()
    while (lasted := time.monotonic() - began) < LOAD or len({answer.worker for answer in answers}) < WORKERS:
        if lasted > LIMIT:
            raise TimeoutError(
                f"in {LIMIT} s no more than {len({answer.worker for answer in answers})} workers answered"
            )
        time.sleep(0.05)


class Server:
    """A running gunicorn on a port of its own choice."""

    def __init__(self, kind: str, held_url: str) -> None:
        options = ["--preload", "--worker-class", kind, "--workers", str(WORKERS), "--bind", "127.0.0.1:0"]
        options += ["--graceful-timeout", str(GRACE)]
        self._process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "gunicorn", *options, f"prefork_app:{kind}"],
            cwd=Path(__file__).parent,
            env={**os.environ, "HELD_URL": held_url},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._said: list[str] = []
        self._listens = threading.Event()
        self._port = 0
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        if not self._listens.wait(LIMIT):
            self.__exit__()
            raise TimeoutError(f"gunicorn does not start: {self._log()}")
        return self

    def __exit__(self, *_: object) -> None:
        self.terminate()
        self._process.wait()
        self._reader.join()

    def ask(self, path: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LIMIT)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        assert answer.status == 200 and body.startswith(("ret_", "sub_")), f"{answer.status}: {body}"
        return Answer(body, int(answer.headers["Worker"]))

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait_for_a_good_end(self) -> None:
        self._process.wait(LIMIT)
        self._reader.join(LIMIT)
        assert self._process.returncode == 0, f"exit code {self._process.returncode}: {self._log()}"
        assert not BAD_SIGNS.search(self._log()), self._log()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line)
            if listens := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self._port = int(listens[1])
                self._listens.set()

    def _log(self) -> str:
        return "".join(self._said)
