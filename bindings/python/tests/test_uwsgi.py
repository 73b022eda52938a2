"""uWSGI: workers that it forks without Python's help, reloads, kills, and runs in sub-interpreters."""

from __future__ import annotations

import signal
import sys
import sysconfig
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import RemoteDisconnected
from pathlib import Path

import pytest
from polling import wait_for
from programs import environment
from web_server import Server, running_server

from renumerate_sdk.testing import Sandbox

# The module makes calls when it is loaded, which is before the fork unless uWSGI runs with `--lazy-apps`.
APP = """
import asyncio, os, threading
from renumerate_sdk import AsyncClient, Client

client, async_client, loop = Client(), AsyncClient(), asyncio.new_event_loop()

def call(customer_id="cus_1"):
    return client.create_retention_session(customer_id=customer_id).id

def call_in_thread():
    ids = []
    thread = threading.Thread(target=lambda: ids.append(call()))
    thread.start()
    thread.join()
    return ids[0]

async def call_async():
    return (await async_client.create_subscription_session(customer_id="cus_1")).id

actions = {
    "/sync": call,
    "/thread": call_in_thread,
    "/inherited-loop": lambda: loop.run_until_complete(call_async()),
    "/new-loop": lambda: asyncio.new_event_loop().run_until_complete(call_async()),
    "/delayed": lambda: call("cus_delayed"),
    "/stall": lambda: call("cus_stall"),
}
for path in ("/sync", "/inherited-loop"):
    actions[path]()

def application(environ, start_response):
    body = actions[environ["PATH_INFO"]]()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Worker", str(os.getpid()))])
    return [body.encode()]
"""


@contextmanager
def uwsgi(sandbox: Sandbox, folder: Path, *options: str) -> Generator[Server]:
    """Runs uWSGI on a free port. `options` select the application."""
    (folder / "app.py").write_text(APP)
    command = [str(Path(sys.executable).parent / "uwsgi"), "--http-socket", "127.0.0.1:0", "--master", "--die-on-term"]
    # A reload starts the interpreter by its real path, and so outside the virtual environment.
    variables = environment(sandbox, PYTHONPATH=sysconfig.get_path("purelib"))
    with running_server([*command, *options], folder, variables) as server:
        yield server


@pytest.mark.parametrize(
    "options",
    [
        ["--processes", "2"],
        ["--lazy-apps"],
        ["--enable-threads", "--py-call-osafterfork"],
        ["--enable-threads", "--threads", "2"],
    ],
    ids=" ".join,
)
def test_workers_call(sandbox: Sandbox, tmp_path: Path, options: list[str]) -> None:
    with uwsgi(sandbox, tmp_path, "--wsgi-file", "app.py", *options) as server:
        for path in ["/sync", "/thread", "/inherited-loop", "/new-loop"] * 2:
            response = server.post(path, {}, "")
            assert response.body[:4] in ("ret_", "sub_"), f"{path}: {response}"


def test_second_mounted_app_requires_single_interpreter(sandbox: Sandbox, tmp_path: Path) -> None:
    mounts = ["--mount", "/a=app.py", "--mount", "/b=app.py", "--manage-script-name"]
    with uwsgi(sandbox, tmp_path, *mounts) as server:
        wait_for(lambda: "works in the main interpreter only: with uWSGI, set single-interpreter" in server.output)
    with uwsgi(sandbox, tmp_path, *mounts, "--single-interpreter") as server:
        for path in ("/a/sync", "/b/sync"):
            assert server.post(path, {}, "").body.startswith("ret_")


def test_reload_completes_calls_and_starts_workers_that_call(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.script("cus_delayed", {"mint": True, "delay_ms": 1000})
    with uwsgi(sandbox, tmp_path, "--wsgi-file", "app.py") as server, ThreadPoolExecutor(1) as threads:
        before = server.post("/inherited-loop", {}, "").headers["worker"]
        made = len(sandbox.requests())
        delayed = threads.submit(server.post, "/delayed", {}, "")
        wait_for(lambda: len(sandbox.requests()) > made)
        server.signal(signal.SIGHUP)
        assert delayed.result().body.startswith("ret_")
        server.wait()  # it binds another port
        after = server.post("/inherited-loop", {}, "")
    assert after.body.startswith("sub_") and after.headers["worker"] != before


def test_harakiri_ends_stalled_call(sandbox: Sandbox, tmp_path: Path) -> None:
    with uwsgi(sandbox, tmp_path, "--wsgi-file", "app.py", "--harakiri", "1") as server:
        before = server.post("/sync", {}, "").headers["worker"]
        with pytest.raises((RemoteDisconnected, ConnectionResetError)):
            server.post("/stall", {}, "")
        after = server.post("/sync", {}, "")
    assert after.body.startswith("ret_") and after.headers["worker"] != before
