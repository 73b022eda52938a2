"""Clients with `fork` and `spawn`, at interpreter shutdown, and with signals."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorn_server import get, gunicorn
from polling import wait_for
from programs import REQUESTS, environment, finish, run, start

from renumerate_sdk.testing import Sandbox

CALLS = 40

FORK_HELPERS = """
    import asyncio, os, signal, sys, threading
    from renumerate_sdk import AsyncClient, Client
    client, async_client = Client(), AsyncClient()

    def call(n=40):
        for _ in range(n):
            assert client.create_retention_session(customer_id="cus_1").id.startswith("ret_")

    async def main(n=40):
        for _ in range(n):
            session = await async_client.create_subscription_session(customer_id="cus_1")
            assert session.id.startswith("sub_")

    def fork_child(work):
        process = os.fork()
        if process == 0:
            signal.alarm(25)
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        return process

    def assert_exited(process):
        assert os.waitpid(process, 0)[1] == 0
"""


@pytest.mark.parametrize("used_before", [False, True])
@pytest.mark.parametrize("work", ["call()", "asyncio.run(main())"])
def test_parent_and_children_call_concurrently(sandbox: Sandbox, work: str, used_before: bool) -> None:
    out = run(
        FORK_HELPERS
        + f"""
    def work(): {work}
    if {used_before}: work()
    children = [fork_child(work) for _ in range(3)]
    work()
    for process in children: assert_exited(process)
    print("done")
    """,
        environment(sandbox),
    )
    assert out == "done\n"
    requests = sandbox.requests()
    assert len(requests) == CALLS * (5 if used_before else 4)
    assert all(request.status == 200 for request in requests)


def test_tokens_of_forked_processes_have_different_nonces(sandbox: Sandbox) -> None:
    """The client has created a token before the fork, so the children inherit its state.

    Rules: T1
    """
    out = run(
        FORK_HELPERS
        + """
    import base64, json

    def print_nonces():
        for _ in range(60):
            payload = client.create_handshake_token(customer_id="cus_1").token.split(".")[0]
            nonce = json.loads(base64.urlsafe_b64decode(payload + "=="))["nonce"]
            os.write(1, f"{nonce}\\n".encode())  # lines of concurrent processes do not mix

    print_nonces()
    children = [fork_child(print_nonces) for _ in range(4)]
    print_nonces()
    for process in children: assert_exited(process)
    """,
        environment(sandbox),
    )
    nonces = out.split()
    assert len(nonces) == len(set(nonces)) == 6 * 60


def test_child_forked_with_pending_calls_can_call(sandbox: Sandbox) -> None:
    """The parent's calls complete. Each child calls in a new loop or in the inherited one."""
    sandbox.script("cus_delayed", {"mint": True, "delay_ms": 500})
    out = run(
        FORK_HELPERS
        + """
    loop = asyncio.new_event_loop()
    pending = [loop.create_task(async_client.create_retention_session(customer_id="cus_delayed")) for _ in range(3)]
    loop.run_until_complete(asyncio.sleep(0.1))
    assert_exited(fork_child(lambda: asyncio.run(main(3))))
    assert_exited(fork_child(lambda: loop.run_until_complete(main(3))))
    sessions = loop.run_until_complete(asyncio.gather(*pending))
    print(len({session.id for session in sessions}))
    loop.close()
    """,
        environment(sandbox),
    )
    assert out == "3\n"


@pytest.mark.parametrize("module", ["asyncio", "uvloop"])
def test_child_that_continues_the_loop_leaves_results_to_the_parent(sandbox: Sandbox, module: str) -> None:
    """The loop watches a socket that both processes share. The child's own calls use another socket."""
    sandbox.script("cus_delayed", *[{"mint": True, "delay_ms": 1_000}] * 3)
    out = run(
        FORK_HELPERS
        + REQUESTS
        + f"""
    import {module}, time
    loop = {module}.new_event_loop()

    async def create_delayed_sessions():
        calls = [async_client.create_retention_session(customer_id="cus_delayed") for _ in range(3)]
        return await asyncio.gather(*calls)

    async def call_until_parent_has_results():
        while count_responses("cus_delayed") < 3: pass
        await main(5)
        # The shared socket is readable, but the child's loop does not spin.
        used = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - used < 0.1
        for task in pending: task.cancel()
        await asyncio.wait(pending)
        await main(1)

    async def wait_for_requests():
        while len(requests()) < 3: await asyncio.sleep(0.01)

    pending = [loop.create_task(create_delayed_sessions())]
    loop.run_until_complete(wait_for_requests())
    assert_exited(fork_child(lambda: loop.run_until_complete(call_until_parent_has_results())))
    sessions = loop.run_until_complete(asyncio.wait_for(pending[0], 20))
    print(len({{session.id for session in sessions}}))
    loop.close()
    """,
        environment(sandbox),
    )
    assert out == "3\n"


def test_child_forked_while_threads_call_can_call(sandbox: Sandbox) -> None:
    out = run(
        FORK_HELPERS
        + """
    stop = threading.Event()
    def call_blocking():
        while not stop.is_set(): call(1)
    def call_async():
        while not stop.is_set(): asyncio.run(main(5))
    threads = [threading.Thread(target=work) for work in [call_blocking, call_blocking, call_blocking, call_async]]
    for thread in threads: thread.start()
    for _ in range(10):
        assert_exited(fork_child(lambda: (call(3), asyncio.run(main(3)))))
    stop.set()
    for thread in threads: thread.join()
    print("done")
    """,
        environment(sandbox),
    )
    assert out == "done\n"


POOLED = """
from renumerate_sdk import Client

client = Client()

def create_session(customer_id):
    return client.create_retention_session(customer_id=customer_id)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_returns_sessions_and_errors(sandbox: Sandbox, tmp_path: Path, method: str) -> None:
    """Each child uses the module's client. Sessions and errors are pickled."""
    (tmp_path / "pooled.py").write_text(POOLED)
    out = run(
        f"""
    import multiprocessing
    import pooled
    from renumerate_sdk import NotFoundError

    pooled.create_session("cus_1")
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        sessions = pool.map(pooled.create_session, ["cus_1", "cus_2", "cus_3"])
        assert len({{session.id for session in sessions}}) == 3, sessions
        try:
            pool.apply(pooled.create_session, ("cus_not_found",))
        except NotFoundError as error:
            print(error.status, error.message, error.attempts[0].status)
        pool.close()
        pool.join()
    """,
        environment(sandbox, PYTHONPATH=str(tmp_path)),
    )
    assert out == "404 Customer not found 404\n"


def test_preloaded_client_works_in_prefork_workers(sandbox: Sandbox, tmp_path: Path) -> None:
    """The parent creates the client and makes a first call, as with gunicorn --preload and Celery."""
    (tmp_path / "pooled.py").write_text(POOLED)
    (tmp_path / "app.py").write_text(
        "import os, pooled\n"
        "pooled.create_session('cus_parent')\n"
        "def app(environ, start_response):\n"
        "    session = pooled.create_session('cus_' + str(os.getpid()))\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain'), ('Worker', str(os.getpid()))])\n"
        "    return [session.id.encode()]\n"
    )
    variables = environment(sandbox, PYTHONPATH=str(tmp_path))
    arguments = ["app:app", "--preload", "--workers", "3"]
    with gunicorn(*arguments, folder=tmp_path, variables=variables) as url, ThreadPoolExecutor(8) as threads:
        responses: list[tuple[str, str]] = []

        def several_workers_responded() -> bool:
            responses.extend(threads.map(lambda _: get(url), range(16)))
            return len({worker for _, worker in responses}) > 1

        wait_for(several_workers_responded)
    assert all(body.startswith("ret_") for body, _ in responses)
    assert len({body for body, _ in responses}) == len(responses)


SHUTDOWN_SCENARIOS = {
    "after a blocking call": "client.create_retention_session(customer_id='cus_1')",
    "after an awaited call": "asyncio.run(async_client.create_retention_session(customer_id='cus_1'))",
    "during a call of a daemon thread": """
    threading.Thread(target=client.create_retention_session, kwargs=dict(customer_id='cus_stall'), daemon=True).start()
    wait_for_requests(1)""",
    "after a cancelled task": """
    async def main():
        task = asyncio.create_task(async_client.create_retention_session(customer_id='cus_stall'))
        await asyncio.to_thread(wait_for_requests, 1)
        task.cancel()
        await asyncio.wait([task])
    asyncio.run(main())""",
    "with pending tasks": """
    async def main():
        for _ in range(5):
            tasks.append(asyncio.create_task(async_client.create_retention_session(customer_id='cus_stall')))
        await asyncio.to_thread(wait_for_requests, 5)
    tasks = []
    asyncio.run(main())""",
    "with an open loop": """
    loop = asyncio.new_event_loop()
    loop.set_debug(False)  # the debug mode of Python 3.13 fails at shutdown
    task = loop.create_task(async_client.create_retention_session(customer_id='cus_stall'))
    task._log_destroy_pending = False
    loop.run_until_complete(asyncio.to_thread(wait_for_requests, 1))""",
    "after a cancelled call of trio": """
    import trio
    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: async_client.create_retention_session(customer_id='cus_stall'))
            await trio.to_thread.run_sync(wait_for_requests, 1)
            nursery.cancel_scope.cancel()
    trio.run(main)""",
    "with a pending call of gevent": """
    import gevent
    greenlet = gevent.spawn(client.create_retention_session, customer_id='cus_stall')
    while not requests(): gevent.sleep(0.01)""",
    "with a pending call of eventlet": """
    import warnings; warnings.simplefilter("ignore")
    import eventlet
    greenlet = eventlet.spawn(client.create_retention_session, customer_id='cus_stall')
    while not requests(): eventlet.sleep(0.01)""",
    "after a call of a thread": """
    thread = threading.Thread(target=lambda: asyncio.run(async_client.create_retention_session(customer_id='cus_1')))
    thread.start()""",
}


@pytest.mark.parametrize("scenario", SHUTDOWN_SCENARIOS)
def test_interpreter_exits_after_last_line(sandbox: Sandbox, scenario: str) -> None:
    program = start(
        REQUESTS
        + """
    import asyncio, threading
    from renumerate_sdk import AsyncClient, Client
    client, async_client = Client(), AsyncClient()

    def wait_for_requests(count):
        while len(requests()) < count: pass
    """
        + "\n    "
        + SHUTDOWN_SCENARIOS[scenario]
        + """
    print("the last line", flush=True)
    """,
        environment(sandbox, PYTHONWARNINGS="ignore::ResourceWarning"),
    )
    assert finish(program) == "the last line\n"


def test_interpreter_exits_while_daemon_threads_call(sandbox: Sandbox) -> None:
    for _ in range(10):
        run(
            """
    import threading
    from renumerate_sdk import Client
    client, called = Client(), threading.Semaphore(0)
    def call_forever():
        while True:
            client.create_retention_session(customer_id="cus_1")
            called.release()
    for _ in range(4): threading.Thread(target=call_forever, daemon=True).start()
    for _ in range(20): called.acquire()
    """,
            environment(sandbox),
        )


@pytest.mark.parametrize("unavailable", [0, 1], ids=["add_reader", "reader thread"])
def test_interpreter_exits_while_daemon_threads_await(sandbox: Sandbox, unavailable: int) -> None:
    for _ in range(10):
        run(
            f"""
    import asyncio, threading
    from renumerate_sdk import AsyncClient, _event_loop
    del _event_loop.wakeup_methods[:{unavailable}]
    client, called = AsyncClient(), threading.Semaphore(0)
    async def call_forever():
        while True:
            await client.create_retention_session(customer_id="cus_1")
            called.release()
    async def main():
        await asyncio.gather(*[call_forever() for _ in range(10)])
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    for _ in range(20): called.acquire()
    allocated = [[n] for n in range(200_000)]  # slows the shutdown down
    """,
            environment(sandbox),
        )


def test_interpreter_exits_during_stalled_daemon_call(sandbox: Sandbox) -> None:
    programs = [
        start(
            """
    import threading, time
    from renumerate_sdk import Client
    threading.Thread(
        target=Client().create_retention_session, kwargs={"customer_id": "cus_stall"}, daemon=True
    ).start()
    time.sleep(0.3)
    """,
            environment(sandbox),
        )
        for _ in range(10)
    ]
    for program in programs:
        finish(program)


def test_ctrl_c_interrupts_blocking_call(sandbox: Sandbox) -> None:
    program = start(
        """
    from renumerate_sdk import Client
    try:
        Client(timeout=300, attempt_timeout=300).create_retention_session(customer_id="cus_stall")
    except KeyboardInterrupt:
        print("interrupted")
    """,
        environment(sandbox),
    )
    try:
        wait_for(lambda: len(sandbox.requests()) == 1)
        program.send_signal(signal.SIGINT)
        assert finish(program) == "interrupted\n"
    finally:
        program.kill()
    wait_for(lambda: sandbox.requests()[0].closed)


def test_exception_of_signal_handler_aborts_call(sandbox: Sandbox) -> None:
    """The time limits of gunicorn and Celery raise in signal handlers."""
    out = run(
        """
    import signal
    from renumerate_sdk import Client
    class TimeLimit(Exception): pass
    def handler(*_): raise TimeLimit
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    client = Client(timeout=300, attempt_timeout=300)
    try:
        client.create_retention_session(customer_id="cus_stall")
    except TimeLimit:
        print(client.create_retention_session(customer_id="cus_1").id[:4])
    """,
        environment(sandbox),
    )
    assert out == "ret_\n"
