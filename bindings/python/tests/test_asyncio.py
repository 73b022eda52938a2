"""What only an event loop can show: cancelling, several loops, loops that close, loops that can watch no descriptor."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop
from waiting import wait_for

from renumerate_sdk import AsyncClient, ClosedError, NotFoundError, RequestTimeoutError, _event_loop
from renumerate_sdk.testing import Sandbox

Runner = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(params=["asyncio", "uvloop", "a loop that watches nothing", "without socket pairs"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Runs a coroutine in a new loop of each kind."""
    lacking = {"a loop that watches nothing": 1, "without socket pairs": 2}.get(request.param, 0)
    monkeypatch.setattr(_event_loop, "wakeup_methods", _event_loop.wakeup_methods[lacking:])
    runner: Runner = uvloop.run if request.param == "uvloop" else asyncio.run
    yield runner


def patient(sandbox: Sandbox) -> AsyncClient:
    """A client whose own limits end no call while a test waits for another end."""
    return sandbox.async_client(timeout=300, attempt_timeout=300)


async def came(sandbox: Sandbox, count: int) -> None:
    await asyncio.to_thread(wait_for, lambda: len(sandbox.requests()) >= count)


async def closed(sandbox: Sandbox) -> None:
    await asyncio.to_thread(wait_for, lambda: all(request.closed for request in sandbox.requests()))


def test_many_calls_at_once(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            sessions = await asyncio.gather(
                *[client.create_retention_session(customer_id=f"cus_{n}") for n in range(200)]
            )
            assert len({session.id for session in sessions}) == 200
            asked = [sandbox.session(sessions[n].id)["customer_id"] for n in (0, 57, 199)]
            assert asked == ["cus_0", "cus_57", "cus_199"]

    run(main())


def test_errors_are_raised_where_they_are_awaited(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        with pytest.raises(NotFoundError):
            await client.create_retention_session(customer_id="cus_not_found")
        with pytest.raises(RequestTimeoutError) as raised:
            await client.create_retention_session(customer_id="cus_stall", timeout=0.2)
        assert raised.value.timeout_scope == "total"

    run(main())


def test_cancelling_the_task_aborts_the_request_on_the_socket(run: Runner, sandbox: Sandbox) -> None:
    """Rules: E12"""

    async def main() -> None:
        client = patient(sandbox)
        task = asyncio.create_task(client.create_retention_session(customer_id="cus_stall"))
        await came(sandbox, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await closed(sandbox)
        assert len(sandbox.requests()) == 1, "a call that was cancelled is not tried again"
        await client.create_retention_session(customer_id="cus_1")

    run(main())


def test_a_timeout_of_the_callers_own_aborts_it_too(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = patient(sandbox)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.create_retention_session(customer_id="cus_stall"), 0.3)
        await came(sandbox, 1)
        await closed(sandbox)

    run(main())


def test_cancelling_at_any_moment(run: Runner, sandbox: Sandbox) -> None:
    """Each call ends once, as a session or cancelled, and none is left behind."""

    async def main() -> None:
        client = sandbox.async_client()

        async def call(turns: int) -> bool:
            task = asyncio.create_task(client.create_retention_session(customer_id="cus_1"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            try:
                return bool((await task).id)
            except asyncio.CancelledError:
                return False

        ended = [await asyncio.gather(*[call(turns) for turns in range(40)]) for _ in range(10)]
        assert sum(map(len, ended)) == 400
        _, calls = _event_loop.running_loop_and_calls()
        assert not any(isinstance(held, asyncio.Future) for held in gc.get_referents(calls))

    run(main())


def test_a_client_outlives_its_loops(run: Runner, sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def main() -> str:
        return (await client.create_retention_session(customer_id="cus_1")).id

    assert len({run(main()) for _ in range(5)}) == 5


def test_a_loop_in_each_of_many_threads(run: Runner, sandbox: Sandbox) -> None:
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


def test_a_loop_that_closes_with_calls_under_way(run: Runner, sandbox: Sandbox) -> None:
    """Nothing is written to it, nothing is kept of it, and its calls end."""
    client = patient(sandbox)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    def leave_one() -> None:
        loop = asyncio.new_event_loop()
        loops.append(weakref.ref(loop))
        call = client.create_retention_session(customer_id="cus_stall")
        task = loop.create_task(call)
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.run_until_complete(came(sandbox, 1))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    leave_one()
    gc.collect()
    assert loops[0]() is None
    wait_for(lambda: sandbox.requests()[0].closed)

    async def main() -> None:
        await client.create_retention_session(customer_id="cus_1")

    run(main())


def test_descriptors_and_threads_do_not_grow_with_loops(run: Runner, sandbox: Sandbox) -> None:
    client = sandbox.async_client()

    async def main() -> None:
        await client.create_retention_session(customer_id="cus_1")

    def held() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    run(main())
    before = held()
    for _ in range(30):
        run(main())
    # A thread that has listened for a loop ends soon.
    wait_for(lambda: all(now <= then for now, then in zip(held(), before, strict=True)))


def test_a_busy_loop_does_not_hold_up_the_call(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        task = asyncio.create_task(client.create_retention_session(customer_id="cus_unstable"))
        await asyncio.sleep(0)
        # The loop is held up from here on; the retry is made all the same.
        wait_for(lambda: len(sandbox.requests()) == 2 and sandbox.requests()[1].status == 200)
        assert len((await task).attempts) == 2

    run(main())


def test_use_after_close(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as client:
            await client.create_retention_session(customer_id="cus_1")
        await closed(sandbox)
        with pytest.raises(ClosedError, match="the client is closed"):
            await client.create_retention_session(customer_id="cus_1")
        await client.close()
        assert repr(client) == "<renumerate_sdk.AsyncClient closed>"

    run(main())


def test_outside_of_a_loop_nothing_is_sent(sandbox: Sandbox) -> None:
    call = sandbox.async_client().create_retention_session(customer_id="cus_1")
    with pytest.raises(RuntimeError, match="no running event loop"):
        call.send(None)
    assert sandbox.requests() == []


def test_one_thread_for_all_clients_and_loops(sandbox: Sandbox) -> None:
    async def main(client: AsyncClient) -> None:
        await client.create_retention_session(customer_id="cus_1")

    for _ in range(3):
        asyncio.run(main(sandbox.async_client()))
    names = [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    assert names.count("renumerate") == 1, names


def test_an_error_leaves_no_garbage(run: Runner, sandbox: Sandbox) -> None:
    async def main() -> None:
        client = sandbox.async_client()
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                with pytest.raises(NotFoundError):
                    await client.create_retention_session(customer_id="cus_not_found")
            left = [thing for thing in gc.get_objects() if type(thing) is NotFoundError]
            assert len(left) <= 1, "pytest keeps the last one"
        finally:
            gc.enable()

    run(main())
