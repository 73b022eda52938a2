"""Calls from threads, including one-call threads as in the development servers of Flask and Django."""

from __future__ import annotations

import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from polling import wait_for

from renumerate_sdk import Client
from renumerate_sdk.testing import Sandbox


def call(client: Client) -> None:
    assert client.create_retention_session(customer_id="cus_1").id.startswith("ret_")


def test_one_call_threads_share_connection_and_leak_nothing(sandbox: Sandbox) -> None:
    client = sandbox.client()

    def descriptors_and_threads() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    call(client)
    before = descriptors_and_threads()
    for _ in range(200):
        thread = threading.Thread(target=call, args=[client])
        thread.start()
        thread.join()
    assert descriptors_and_threads() == before
    assert len({request.connection for request in sandbox.requests()}) == 1


def test_concurrent_threads_get_their_own_sessions(sandbox: Sandbox) -> None:
    client = sandbox.client()
    with ThreadPoolExecutor(16) as threads:
        sessions = list(threads.map(lambda n: client.create_retention_session(customer_id=f"cus_{n}"), range(400)))
    assert len({session.id for session in sessions}) == 400
    assert sandbox.session(sessions[123].id)["customer_id"] == "cus_123"
    assert len({request.connection for request in sandbox.requests()}) <= 16


def test_call_releases_gil(sandbox: Sandbox) -> None:
    sandbox.script("cus_delayed", {"mint": True, "delay_ms": 2000})
    client = sandbox.client()
    thread = threading.Thread(target=lambda: client.create_retention_session(customer_id="cus_delayed"))
    thread.start()
    wait_for(lambda: len(sandbox.requests()) == 1)
    iterations = 0
    while thread.is_alive():
        iterations += 1
        time.sleep(0.01)
    assert iterations > 20, "this thread was blocked during the call"


def test_blocking_call_starts_no_thread(sandbox: Sandbox) -> None:
    before = len(os.listdir("/proc/self/task"))
    with sandbox.client() as client:
        call(client)
        assert len(os.listdir("/proc/self/task")) == before


def test_close_closes_connections(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        call(client)
    wait_for(lambda: sandbox.requests()[0].closed)
