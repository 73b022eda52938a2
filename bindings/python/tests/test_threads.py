"""Calls from threads, including one-call threads as in the development servers of Flask and Django."""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import sys
import sysconfig
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from polling import wait_for

from renumerate_sdk import Client, ClosedError, NotFoundError, Session
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


def test_32_threads_share_clients_and_gil_stays_off(sandbox: Sandbox) -> None:
    """In a free-threaded build of Python, the threads run at the same time. Other builds have a GIL."""
    shared, shared_async, barrier = sandbox.client(), sandbox.async_client(), threading.Barrier(32)

    def use(number: int) -> set[Session]:
        barrier.wait()
        sessions: set[Session] = set()
        for _ in range(4):
            with sandbox.client(max_retries=0) as own:
                sessions.add(own.create_subscription_session(customer_id=f"cus_{number}"))
            sessions.add(shared.create_retention_session(customer_id=f"cus_{number}"))
            sessions.add(asyncio.run(shared_async.create_retention_session(customer_id=f"cus_{number}")))
            with pytest.raises(NotFoundError) as raised:
                shared.create_retention_session(customer_id="cus_not_found")
            assert pickle.loads(pickle.dumps(raised.value)).attempts == raised.value.attempts
            assert sandbox.url in f"{shared} {shared_async}"
        return sessions

    with ThreadPoolExecutor(32) as threads:
        sessions = set().union(*threads.map(use, range(32)))
    assert len({session.id for session in sessions}) == 32 * 4 * 3
    if sys.version_info >= (3, 13) and sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert not sys._is_gil_enabled()


def test_close_during_calls_of_32_threads_closes_client(sandbox: Sandbox) -> None:
    client, called = sandbox.client(), threading.Semaphore(0)

    def call_until_closed(_: int) -> None:
        with pytest.raises(ClosedError):
            while True:
                call(client)
                called.release()

    with ThreadPoolExecutor(32) as threads:
        calls = threads.map(call_until_closed, range(32))
        for _ in range(100):
            called.acquire()
        client.close()
        list(calls)
    wait_for(lambda: all(request.closed for request in sandbox.requests()))


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
