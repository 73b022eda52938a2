"""AsyncClient under trio and anyio: cancellation, deadlines, several runs, and use together with asyncio."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Literal

import anyio
import pytest
import trio
from fastapi import FastAPI
from polling import wait_for
from trio.lowlevel import checkpoint, start_guest_run

from renumerate_sdk import AsyncClient, NotFoundError, RequestTimeoutError, _trio
from renumerate_sdk.testing import Sandbox


def client_with_long_timeouts(sandbox: Sandbox) -> AsyncClient:
    """A client whose timeouts do not expire during a test."""
    return sandbox.async_client(timeout=300, attempt_timeout=300)


async def requests_arrived(sandbox: Sandbox, count: int) -> None:
    await trio.to_thread.run_sync(wait_for, lambda: len(sandbox.requests()) >= count)


async def all_closed(sandbox: Sandbox) -> None:
    await trio.to_thread.run_sync(wait_for, lambda: all(request.closed for request in sandbox.requests()))


def test_tasks_of_a_nursery_get_their_own_sessions(sandbox: Sandbox) -> None:
    ids = {}

    async def call(client: AsyncClient, customer: str) -> None:
        ids[customer] = (await client.create_retention_session(customer_id=customer)).id

    async def main() -> None:
        async with sandbox.async_client() as client, trio.open_nursery() as nursery:
            for n in range(200):
                nursery.start_soon(call, client, f"cus_{n}")

    trio.run(main)
    assert len({*ids.values()}) == 200
    customers = [sandbox.session(ids[f"cus_{n}"])["customer_id"] for n in (0, 57, 199)]
    assert customers == ["cus_0", "cus_57", "cus_199"]


def test_errors_are_raised_and_create_no_reference_cycles(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        with pytest.raises(RequestTimeoutError) as raised:
            await client.create_retention_session(customer_id="cus_stall", timeout=0.2)
        assert raised.value.timeout_scope == "total"
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

    trio.run(main)


def test_cancelled_call_closes_connection_without_retry(sandbox: Sandbox) -> None:
    """Rules: E12"""

    async def main() -> None:
        client = client_with_long_timeouts(sandbox)
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(lambda: client.create_retention_session(customer_id="cus_stall"))
                await requests_arrived(sandbox, 1)
                scope.cancel()
        assert scope.cancelled_caught
        await all_closed(sandbox)
        assert len(sandbox.requests()) == 1, "the cancelled call was retried"
        await client.create_retention_session(customer_id="cus_1")

    trio.run(main)


def test_deadline_closes_connection(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = client_with_long_timeouts(sandbox)
        with pytest.raises(trio.TooSlowError):
            with trio.fail_after(0.3):
                await client.create_retention_session(customer_id="cus_stall")
        await requests_arrived(sandbox, 1)
        await all_closed(sandbox)

    trio.run(main)


def test_call_in_cancelled_scope_sends_nothing(sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        await client.create_retention_session(customer_id="cus_1")
        for _ in range(20):
            with trio.CancelScope() as scope:
                scope.cancel()
                await client.create_retention_session(customer_id="cus_2")
            assert scope.cancelled_caught
        await client.create_retention_session(customer_id="cus_3")

    trio.run(main)
    assert ["cus_2" in request.body for request in sandbox.requests()] == [False, False]


def test_cancellation_at_any_time_leaves_no_pending_call(sandbox: Sandbox) -> None:
    """Each call returns a session or is cancelled, and the run retains no call."""
    ended = []

    async def main() -> None:
        client = sandbox.async_client()

        async def call(iterations: int) -> None:
            async with trio.open_nursery() as nursery:

                @nursery.start_soon
                async def cancel() -> None:
                    for _ in range(iterations):
                        await checkpoint()
                    nursery.cancel_scope.cancel()

                await client.create_retention_session(customer_id="cus_1")
            ended.append(iterations)

        for _ in range(10):
            async with trio.open_nursery() as nursery:
                for iterations in range(40):
                    nursery.start_soon(call, iterations)
        calls, _, _ = await _trio.new_call()
        assert gc.get_referents(calls) == [type(calls)]

    trio.run(main)
    assert len(ended) == 400


def test_client_works_in_successive_loops_of_both_libraries(sandbox: Sandbox) -> None:
    client, ids = sandbox.async_client(), set[str]()

    async def main() -> None:
        ids.add((await client.create_retention_session(customer_id="cus_1")).id)

    for _ in range(3):
        asyncio.run(main())
        trio.run(main)
    assert len(ids) == 6


def test_client_works_in_loops_of_both_libraries_at_the_same_time(sandbox: Sandbox) -> None:
    client, ids = sandbox.async_client(), set[str]()

    async def main() -> None:
        for _ in range(20):
            ids.add((await client.create_retention_session(customer_id="cus_1")).id)

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(4)]
    threads += [threading.Thread(target=trio.run, args=[main]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8 * 20


def test_guest_run_and_its_host_loop_make_calls(sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def create() -> str:
        return (await client.create_retention_session(customer_id="cus_1")).id

    async def main() -> tuple[str, str]:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str] = loop.create_future()
        start_guest_run(
            create,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=lambda outcome: ended.set_result(outcome.unwrap()),
        )
        return await create(), await ended

    assert len({*asyncio.run(main())}) == 2


def test_successive_runs_leak_no_descriptors_or_threads(sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def main() -> None:
        await client.create_retention_session(customer_id="cus_1")

    def descriptors_and_threads() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    trio.run(main)
    before = descriptors_and_threads()
    for _ in range(30):
        trio.run(main)
    assert descriptors_and_threads() == before


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_anyio_cancels_calls(sandbox: Sandbox, backend: str) -> None:
    async def main() -> None:
        client, ids = client_with_long_timeouts(sandbox), []

        async def call(customer: str) -> None:
            ids.append((await client.create_retention_session(customer_id=customer)).id)

        async with anyio.create_task_group() as group:
            for n in range(20):
                group.start_soon(call, f"cus_{n}")
        assert len({*ids}) == 20
        with pytest.raises(TimeoutError):
            with anyio.fail_after(0.3):
                await call("cus_stall")
        await anyio.to_thread.run_sync(wait_for, lambda: sandbox.requests()[20].closed)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_route_works_in_test_client_of_starlette(sandbox: Sandbox, backend: Literal["asyncio", "trio"]) -> None:
    from fastapi.testclient import TestClient

    app, client = FastAPI(), sandbox.async_client()

    @app.get("/session")
    async def create_session() -> dict[str, str]:
        return (await client.create_retention_session(customer_id="cus_1")).to_dict()

    with TestClient(app, backend=backend) as http:
        ids = {http.get("/session").json()["id"] for _ in range(2)}
    ids.add(TestClient(app, backend=backend).get("/session").json()["id"])
    assert len(ids) == 3


@pytest.mark.parametrize("run", [lambda main: asyncio.run(main()), trio.run], ids=["asyncio", "trio"])
def test_log_records_have_context_of_the_calling_task(
    sandbox: Sandbox, run: Callable[[Callable[[], Awaitable[None]]], None]
) -> None:
    customer: ContextVar[str] = ContextVar("customer")
    seen = set[str]()

    class Recording(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.add(customer.get())

    async def main() -> None:
        customer.set("cus_1")
        await sandbox.async_client().create_retention_session(customer_id="cus_1")

    logger, handler = logging.getLogger("renumerate_sdk"), Recording()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        run(main)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert seen == {"cus_1"}
