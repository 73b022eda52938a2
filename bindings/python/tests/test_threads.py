"""Threads: those that live for one call, as in the development servers of Flask and Django, and many at once."""

from __future__ import annotations

import gc
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from waiting import wait_for

from renumerate_sdk import Client
from renumerate_sdk.testing import Sandbox


def call(client: Client) -> None:
    assert client.create_retention_session(customer_id="cus_1").id.startswith("ret_")


def test_threads_that_live_for_one_call_share_connections_and_leave_nothing(sandbox: Sandbox) -> None:
    client = sandbox.client()

    def held() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    call(client)
    before = held()
    for _ in range(200):
        thread = threading.Thread(target=call, args=[client])
        thread.start()
        thread.join()
    assert held() == before
    assert len({request.connection for request in sandbox.requests()}) == 1


def test_many_threads_call_at_once(sandbox: Sandbox) -> None:
    client = sandbox.client()
    with ThreadPoolExecutor(16) as threads:
        sessions = list(threads.map(lambda n: client.create_retention_session(customer_id=f"cus_{n}"), range(400)))
    assert len({session.id for session in sessions}) == 400
    assert sandbox.session(sessions[123].id)["customer_id"] == "cus_123"
    assert len({request.connection for request in sandbox.requests()}) <= 16


def test_a_call_lets_other_threads_run(sandbox: Sandbox) -> None:
    """The interpreter's lock is free while a call waits for its answer."""
    sandbox.script("cus_late", {"mint": True, "delay_ms": 2000})
    client = sandbox.client()
    thread = threading.Thread(target=lambda: client.create_retention_session(customer_id="cus_late"))
    thread.start()
    wait_for(lambda: len(sandbox.requests()) == 1)
    turns = 0
    while thread.is_alive():
        turns += 1
        time.sleep(0.01)
    assert turns > 20, "this thread went on while the other waited"


def test_no_thread_is_started_by_a_blocking_call(sandbox: Sandbox) -> None:
    before = len(os.listdir("/proc/self/task"))
    with sandbox.client() as client:
        call(client)
        assert len(os.listdir("/proc/self/task")) == before


def test_closing_closes_the_connections(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        call(client)
    wait_for(lambda: sandbox.requests()[0].closed)
