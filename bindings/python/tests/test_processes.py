"""Clients across `fork` and `spawn`, at the end of a process, and when a signal comes."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorns import get, gunicorn
from programs import environment, finish, run, start
from waiting import wait_for

from renumerate_sdk.testing import Sandbox

CALLS = 40

BOTH_AT_ONCE = """
    import asyncio, os, sys, threading
    from renumerate_sdk import AsyncClient, Client
    client, async_client = Client(), AsyncClient()

    def call(n=40):
        for _ in range(n):
            assert client.create_retention_session(customer_id="cus_1").id.startswith("ret_")

    async def main(n=40):
        for _ in range(n):
            session = await async_client.create_subscription_session(customer_id="cus_1")
            assert session.id.startswith("sub_")

    def child(work):
        process = os.fork()
        if process == 0:
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)
        return process

    def ended_well(process):
        assert os.waitpid(process, 0)[1] == 0
"""


@pytest.mark.parametrize("used_before", [False, True])
@pytest.mark.parametrize("work", ["call()", "asyncio.run(main())"])
def test_parent_and_child_call_at_once(sandbox: Sandbox, work: str, used_before: bool) -> None:
    out = run(
        BOTH_AT_ONCE
        + f"""
    def work(): {work}
    if {used_before}: work()
    children = [child(work) for _ in range(3)]
    work()
    for process in children: ended_well(process)
    print("all is well")
    """,
        environment(sandbox),
    )
    assert out == "all is well\n"
    requests = sandbox.requests()
    assert len(requests) == CALLS * (5 if used_before else 4)
    assert all(request.status == 200 for request in requests)


def test_a_child_forked_with_calls_under_way(sandbox: Sandbox) -> None:
    """The parent's calls go on; the child leaves them alone and makes its own, in a loop of its own or in the same."""
    sandbox.script("cus_late", {"mint": True, "delay_ms": 500})
    out = run(
        BOTH_AT_ONCE
        + """
    loop = asyncio.new_event_loop()
    late = [loop.create_task(async_client.create_retention_session(customer_id="cus_late")) for _ in range(3)]
    loop.run_until_complete(asyncio.sleep(0.1))
    ended_well(child(lambda: asyncio.run(main(3))))
    ended_well(child(lambda: loop.run_until_complete(main(3))))
    sessions = loop.run_until_complete(asyncio.gather(*late))
    print(len({session.id for session in sessions}))
    loop.close()
    """,
        environment(sandbox),
    )
    assert out == "3\n"


def test_a_child_forked_while_threads_call(sandbox: Sandbox) -> None:
    out = run(
        BOTH_AT_ONCE
        + """
    stop = threading.Event()
    def calling():
        while not stop.is_set(): call(1)
    def awaiting():
        while not stop.is_set(): asyncio.run(main(5))
    threads = [threading.Thread(target=work) for work in [calling, calling, calling, awaiting]]
    for thread in threads: thread.start()
    for _ in range(10):
        ended_well(child(lambda: (call(3), asyncio.run(main(3)))))
    stop.set()
    for thread in threads: thread.join()
    print("all is well")
    """,
        environment(sandbox),
    )
    assert out == "all is well\n"


POOLED = """
from renumerate_sdk import Client

client = Client()

def mint(customer_id):
    return client.create_retention_session(customer_id=customer_id)
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(sandbox: Sandbox, tmp_path: Path, method: str) -> None:
    """The client of the module is the child's own; sessions and errors come back by pickle."""
    (tmp_path / "pooled.py").write_text(POOLED)
    out = run(
        f"""
    import multiprocessing
    import pooled
    from renumerate_sdk import NotFoundError

    pooled.mint("cus_1")
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        sessions = pool.map(pooled.mint, ["cus_1", "cus_2", "cus_3"])
        assert len({{session.id for session in sessions}}) == 3, sessions
        try:
            pool.apply(pooled.mint, ("cus_not_found",))
        except NotFoundError as error:
            print(error.status, error.message, error.attempts[0].status)
        pool.close()
        pool.join()
    """,
        environment(sandbox, PYTHONPATH=str(tmp_path)),
    )
    assert out == "404 Customer not found 404\n"


def test_a_prefork_server_with_preload(sandbox: Sandbox, tmp_path: Path) -> None:
    """As gunicorn --preload and Celery have it: the application, its client and a first call are the parent's."""
    (tmp_path / "pooled.py").write_text(POOLED)
    (tmp_path / "app.py").write_text(
        "import os, pooled\n"
        "pooled.mint('cus_parent')\n"
        "def app(environ, start_response):\n"
        "    session = pooled.mint('cus_' + str(os.getpid()))\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain'), ('Worker', str(os.getpid()))])\n"
        "    return [session.id.encode()]\n"
    )
    variables = environment(sandbox, PYTHONPATH=str(tmp_path))
    arguments = ["app:app", "--preload", "--workers", "3"]
    with gunicorn(*arguments, folder=tmp_path, variables=variables) as url, ThreadPoolExecutor(8) as threads:
        answers: list[tuple[str, str]] = []

        def several_workers_have_answered() -> bool:
            answers.extend(threads.map(lambda _: get(url), range(16)))
            return len({worker for _, worker in answers}) > 1

        wait_for(several_workers_have_answered)
    assert all(body.startswith("ret_") for body, _ in answers)
    assert len({body for body, _ in answers}) == len(answers)


ENDINGS = {
    "after a blocking call": "client.create_retention_session(customer_id='cus_1')",
    "after an awaited call": "asyncio.run(async_client.create_retention_session(customer_id='cus_1'))",
    "in a daemon thread's call": """
    threading.Thread(target=client.create_retention_session, kwargs=dict(customer_id='cus_stall'), daemon=True).start()
    wait_for_requests(1)""",
    "with a task cancelled": """
    async def main():
        task = asyncio.create_task(async_client.create_retention_session(customer_id='cus_stall'))
        await asyncio.to_thread(wait_for_requests, 1)
        task.cancel()
        await asyncio.wait([task])
    asyncio.run(main())""",
    "with tasks pending": """
    async def main():
        for _ in range(5):
            tasks.append(asyncio.create_task(async_client.create_retention_session(customer_id='cus_stall')))
        await asyncio.to_thread(wait_for_requests, 5)
    tasks = []
    asyncio.run(main())""",
    "with a loop that was never closed": """
    loop = asyncio.new_event_loop()
    loop.set_debug(False)  # or it fails at the end of the interpreter by itself, on Python 3.13
    task = loop.create_task(async_client.create_retention_session(customer_id='cus_stall'))
    task._log_destroy_pending = False
    loop.run_until_complete(asyncio.to_thread(wait_for_requests, 1))""",
    "from a thread": """
    thread = threading.Thread(target=lambda: asyncio.run(async_client.create_retention_session(customer_id='cus_1')))
    thread.start()""",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_interpreter_exits_after_its_last_line(sandbox: Sandbox, ending: str) -> None:
    program = start(
        """
    import asyncio, json, os, threading, time, urllib.request
    from renumerate_sdk import AsyncClient, Client
    client, async_client = Client(), AsyncClient()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def wait_for_requests(count):
        while len(json.load(opener.open(os.environ["RENUMERATE_BASE_URL"] + "/_sandbox/requests"))["requests"]) < count:
            pass
    """
        + "\n    "
        + ENDINGS[ending]
        + """
    print("the last line", flush=True)
    """,
        environment(sandbox, PYTHONWARNINGS="ignore::ResourceWarning"),
    )
    assert finish(program) == "the last line\n"


def test_daemon_threads_that_call_do_no_harm_to_the_end(sandbox: Sandbox) -> None:
    for _ in range(10):
        run(
            """
    import threading
    from renumerate_sdk import Client
    client, called = Client(), threading.Semaphore(0)
    def calling():
        while True:
            client.create_retention_session(customer_id="cus_1")
            called.release()
    for _ in range(4): threading.Thread(target=calling, daemon=True).start()
    for _ in range(20): called.acquire()
    """,
            environment(sandbox),
        )


@pytest.mark.parametrize("lacking", [0, 1], ids=["a loop that watches its calls", "a loop that watches nothing"])
def test_daemon_threads_that_await_do_no_harm_to_the_end(sandbox: Sandbox, lacking: int) -> None:
    for _ in range(10):
        run(
            f"""
    import asyncio, threading
    from renumerate_sdk import AsyncClient, _event_loop
    del _event_loop.wakeup_methods[:{lacking}]
    client, called = AsyncClient(), threading.Semaphore(0)
    async def calling():
        while True:
            await client.create_retention_session(customer_id="cus_1")
            called.release()
    async def main():
        await asyncio.gather(*[calling() for _ in range(10)])
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    for _ in range(20): called.acquire()
    much = [[n] for n in range(200_000)]  # the end takes its time
    """,
            environment(sandbox),
        )


def test_a_daemon_thread_in_a_long_call_does_no_harm_to_the_end(sandbox: Sandbox) -> None:
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


def test_ctrl_c_interrupts_a_blocking_call(sandbox: Sandbox) -> None:
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
    # The call ended on the wire too.
    wait_for(lambda: sandbox.requests()[0].closed)


def test_what_a_signals_handler_raises_ends_the_call(sandbox: Sandbox) -> None:
    """As gunicorn's and Celery's time limits do it."""
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
