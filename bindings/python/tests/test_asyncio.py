"""AsyncClient and event loops: cancellation, several loops, closed loops, wakeup methods."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from polling import wait_for

from renumerate_sdk import AsyncClient, ClosedError, NotFoundError, RequestTimeoutError, RetentionSession, _event_loop
from renumerate_sdk._native import EndpointKind
from renumerate_sdk.testing import Sandbox

Runner = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop", "reader thread", "callback"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Runs a coroutine in a new loop. Tests run once per loop type and wakeup method."""
    unavailable = {"reader thread": 1, "callback": 2}.get(request.param, 0)
    monkeypatch.setattr(_event_loop, "wakeup_methods", _event_loop.wakeup_methods[unavailable:])
    runner: Runner = uvloop.run if request.param == "uvloop" else asyncio.run
    yield runner


def client_with_long_timeouts(sandbox: Sandbox) -> AsyncClient:
    """A client whose timeouts do not expire during a test."""
    return sandbox.async_client(timeout=300, attempt_timeout=300)


async def requests_arrived(sandbox: Sandbox, count: int) -> None:
    await asyncio.to_thread(wait_for, lambda: len(sandbox.requests()) >= count)


async def all_closed(sandbox: Sandbox) -> None:
    await asyncio.to_thread(wait_for, lambda: all(request.closed for request in sandbox.requests()))


def test_concurrent_calls_return_their_own_sessions(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            sessions = await asyncio.gather(
                *[client.create_retention_session(customer_id=f"cus_{n}") for n in range(200)]
            )
            assert len({session.id for session in sessions}) == 200
            customers = [sandbox.session(sessions[n].id)["customer_id"] for n in (0, 57, 199)]
            assert customers == ["cus_0", "cus_57", "cus_199"]

    run(main())


def test_await_raises_error(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        with pytest.raises(NotFoundError):
            await client.create_retention_session(customer_id="cus_not_found")
        with pytest.raises(RequestTimeoutError) as raised:
            await client.create_retention_session(customer_id="cus_stall", timeout=0.2)
        assert raised.value.timeout_scope == "total"

    run(main())


def test_cancelled_task_closes_connection_without_retry(run: Runner, sandbox: Sandbox) -> None:
    """Rules: E12"""

    async def main() -> None:
        client = client_with_long_timeouts(sandbox)
        task = asyncio.create_task(client.create_retention_session(customer_id="cus_stall"))
        await requests_arrived(sandbox, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await all_closed(sandbox)
        assert len(sandbox.requests()) == 1, "the cancelled call was retried"
        await client.create_retention_session(customer_id="cus_1")

    run(main())


def test_wait_for_timeout_closes_connection(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = client_with_long_timeouts(sandbox)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.create_retention_session(customer_id="cus_stall"), 0.3)
        await requests_arrived(sandbox, 1)
        await all_closed(sandbox)

    run(main())


def test_cancellation_at_any_time_leaves_no_pending_call(run: Runner, sandbox: Sandbox) -> None:
    """Each call returns a session or is cancelled, and the event loop retains no call."""

    async def main() -> None:
        client = sandbox.async_client()

        async def call(iterations: int) -> bool:
            task = asyncio.create_task(client.create_retention_session(customer_id="cus_1"))
            for _ in range(iterations):
                await asyncio.sleep(0)
            task.cancel()
            try:
                return bool((await task).id)
            except asyncio.CancelledError:
                return False

        outcomes = [await asyncio.gather(*[call(iterations) for iterations in range(40)]) for _ in range(10)]
        assert sum(map(len, outcomes)) == 400
        calls, _, _ = _event_loop.new_call()
        assert gc.get_referents(calls) == [type(calls)]

    run(main())


def test_exception_during_delivery_delays_no_other_call(run: Runner, sandbox: Sandbox) -> None:
    """A signal handler, for example, can raise an exception between any two lines of Python code."""

    async def main() -> None:
        client, caught = sandbox.async_client(), []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: caught.append(context["exception"]))

        def fail() -> None:
            raise ValueError

        def start(set_event: Callable[[], object]) -> int:
            kind, arguments = EndpointKind.Retention, {"customer_id": "cus_1"}
            return client._calls.start_session(calls, set_event, kind, RetentionSession, arguments, None)

        calls, set_event, wait = _event_loop.new_call()
        # Each `wait_for` blocks the loop, so that both calls have ended when the loop runs again.
        start(fail)
        wait_for(lambda: [request.status for request in sandbox.requests()] == [200])
        call_id = start(set_event)
        wait_for(lambda: [request.status for request in sandbox.requests()] == [200, 200])
        time.sleep(0.1)  # until the client has read the response
        await asyncio.wait_for(wait(), 20)
        assert calls.take_result(call_id).id
        assert [type(error) for error in caught] == [ValueError]

    run(main())


def test_client_works_in_successive_loops(run: Runner, sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def main() -> str:
        return (await client.create_retention_session(customer_id="cus_1")).id

    assert len({run(main()) for _ in range(5)}) == 5


def test_client_works_in_loops_of_many_threads(run: Runner, sandbox: Sandbox) -> None:
    client, ids = sandbox.async_client(), set[str]()

    async def main() -> None:
        for _ in range(5):
            sessions = await asyncio.gather(*[client.create_retention_session(customer_id="cus_1") for _ in range(4)])
            ids.update(session.id for session in sessions)

    threads = [threading.Thread(target=lambda: run(main())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 * 5 * 4


def test_loop_closed_with_pending_call_is_freed(run: Runner, sandbox: Sandbox) -> None:
    """The client drops the closed loop, and closes the connection of its pending call."""
    client = client_with_long_timeouts(sandbox)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    def close_loop_with_pending_call() -> None:
        loop = asyncio.new_event_loop()
        loops.append(weakref.ref(loop))
        call = client.create_retention_session(customer_id="cus_stall")
        task = loop.create_task(call)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.run_until_complete(requests_arrived(sandbox, 1))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    close_loop_with_pending_call()
    gc.collect()
    assert loops[0]() is None
    wait_for(lambda: sandbox.requests()[0].closed)

    async def main() -> None:
        await client.create_retention_session(customer_id="cus_1")

    run(main())


def test_successive_loops_leak_no_descriptors_or_threads(run: Runner, sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def main() -> None:
        await client.create_retention_session(customer_id="cus_1")

    def descriptors_and_threads() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    run(main())
    before = descriptors_and_threads()
    for _ in range(30):
        run(main())
    # The reader thread of a closed loop exits with a delay.
    wait_for(lambda: all(now <= then for now, then in zip(descriptors_and_threads(), before, strict=True)))


def test_retry_runs_while_loop_is_blocked(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        task = asyncio.create_task(client.create_retention_session(customer_id="cus_unstable"))
        await asyncio.sleep(0)
        # `wait_for` blocks the loop. The background thread sends the retry.
        wait_for(lambda: len(sandbox.requests()) == 2 and sandbox.requests()[1].status == 200)
        assert len((await task).attempts) == 2

    run(main())


def test_call_after_close_raises_closed_error(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            await client.create_retention_session(customer_id="cus_1")
        await all_closed(sandbox)
        with pytest.raises(ClosedError, match="the client is closed"):
            await client.create_retention_session(customer_id="cus_1")
        await client.close()
        assert repr(client) == "<renumerate_sdk.AsyncClient closed>"

    run(main())


def test_call_outside_a_loop_sends_nothing(sandbox: Sandbox) -> None:
    call = sandbox.async_client().create_retention_session(customer_id="cus_1")
    with pytest.raises(RuntimeError, match="no running event loop"):
        call.send(None)
    assert sandbox.requests() == []


def test_clients_and_loops_share_one_background_thread(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        await client.create_retention_session(customer_id="cus_1")

    for _ in range(3):
        asyncio.run(main(sandbox.async_client()))
    names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    assert names.count("renumerate") == 1, names


def test_errors_create_no_reference_cycles(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                with pytest.raises(NotFoundError):
                    await client.create_retention_session(customer_id="cus_not_found")
            uncollected = [item for item in gc.get_objects() if type(item) is NotFoundError]
            assert len(uncollected) <= 1  # `pytest.raises` keeps the last error
        finally:
            gc.enable()

    run(main())
