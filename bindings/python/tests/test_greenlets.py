"""gevent and eventlet: only the calling greenlet waits, and calls use no thread of the hub's pool."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorn_server import get, gunicorn
from polling import wait_for
from programs import REQUESTS, environment, run

from renumerate_sdk.testing import Sandbox

PATCHED = {
    "gevent": """
    from gevent import monkey; monkey.patch_all()
    import gevent
    def spawn(*call): return gevent.spawn(*call)
    def results(greenlets): return [greenlet.get(timeout=20) for greenlet in greenlets]
    Timeout, kill = gevent.Timeout, gevent.kill
    def run_in_pool(function): return gevent.get_hub().threadpool.apply(function)
    def schedule_in_hub(function): gevent.get_hub().loop.run_callback(function)
    """,
    "eventlet": """
    import warnings; warnings.simplefilter("ignore")
    import eventlet; eventlet.monkey_patch()
    def spawn(*call): return eventlet.spawn(*call)
    def results(greenlets): return [greenlet.wait() for greenlet in greenlets]
    Timeout, kill = eventlet.Timeout, eventlet.kill
    def run_in_pool(function):
        from eventlet import tpool
        return tpool.execute(function)
    def schedule_in_hub(function): eventlet.hubs.get_hub().schedule_call_global(0, function)
    """,
}


@pytest.mark.parametrize("library", PATCHED)
def test_other_greenlets_run_during_calls(sandbox: Sandbox, library: str) -> None:
    sandbox.script("cus_delayed", {"mint": True, "delay_ms": 3_000})
    out = run(
        PATCHED[library]
        + """
    import time
    from renumerate_sdk import Client, NotFoundError
    client, iterations = Client(), 0

    def count():
        global iterations
        while True:
            iterations += 1
            time.sleep(0.005)

    def call(customer):
        return client.create_retention_session(customer_id=customer).id[:4]

    spawn(count)
    print(*results([spawn(call, "cus_delayed") for _ in range(6)]))
    print("counter ran:", iterations > 10)
    def call_unknown_customer():
        try:
            call("cus_not_found")
        except NotFoundError as error:
            return error.status
    print(*results([spawn(call_unknown_customer)]))
    """,
        environment(sandbox),
    )
    assert out.splitlines() == ["ret_ " * 5 + "ret_", "counter ran: True", "404"]
    arrivals = [request.at for request in sandbox.requests()][:6]
    assert max(arrivals) - min(arrivals) < 3, "the calls were not concurrent"


@pytest.mark.parametrize("library", PATCHED)
def test_thousand_concurrent_greenlets_get_their_own_sessions(sandbox: Sandbox, library: str) -> None:
    out = run(
        PATCHED[library]
        + """
    import os
    from renumerate_sdk import Client
    client = Client(timeout=60)
    def call(n): return client.create_retention_session(customer_id=f"cus_{n}").id
    print(len(set(results([spawn(call, n) for n in range(1_000)]))))
    print(len(os.listdir("/proc/self/task")) < 10)
    """,
        environment(sandbox),
    )
    assert out == "1000\nTrue\n"


@pytest.mark.parametrize("library", PATCHED)
def test_timeout_limits_stalled_calls_of_a_thousand_greenlets(sandbox: Sandbox, library: str) -> None:
    """Rules: S3, S20"""
    # Stalled calls also leave the hub's pool, which resolves host names, to the application.
    out = run(
        PATCHED[library]
        + """
    import time
    from renumerate_sdk import Client, RequestTimeoutError
    client, pool_waits = Client(timeout=1, max_retries=0), []

    def call():
        try:
            client.create_retention_session(customer_id="cus_stall")
        except RequestTimeoutError as error:
            return error.timeout_scope

    def use_pool():
        started = time.monotonic()
        run_in_pool(int)
        pool_waits.append(time.monotonic() - started)

    started = time.monotonic()
    greenlets = [spawn(call) for _ in range(1_000)]
    use_pool()
    print({*results(greenlets)}, time.monotonic() - started < 20, pool_waits[0] < 20)
    """,
        environment(sandbox),
    )
    assert out == "{'total'} True True\n"


@pytest.mark.parametrize("library", PATCHED)
@pytest.mark.parametrize("end", ["kill", "timeout"])
def test_ended_greenlet_closes_connection_without_retry(sandbox: Sandbox, library: str, end: str) -> None:
    """Rules: E12"""
    out = run(
        PATCHED[library]
        + REQUESTS
        + f"""
    import time
    from renumerate_sdk import Client
    client = Client(timeout=300, attempt_timeout=300)

    def call():
        with Timeout({"300" if end == "kill" else "0.3"}, False):
            client.create_retention_session(customer_id="cus_stall")

    greenlet = spawn(call)
    while not requests(): time.sleep(0.01)
    if {end == "kill"}: kill(greenlet)
    while not requests()[0]["closed"]: time.sleep(0.01)
    print(client.create_retention_session(customer_id="cus_1").id[:4])
    """,
        environment(sandbox),
    )
    assert out == "ret_\n"
    assert [request.status for request in sandbox.requests()] == [0, 200]


@pytest.mark.parametrize("library", PATCHED)
def test_call_in_hub_greenlet_blocks(sandbox: Sandbox, library: str) -> None:
    """A callback of the hub cannot wait, because no other greenlet runs meanwhile."""
    out = run(
        PATCHED[library]
        + """
    import time
    from renumerate_sdk import Client
    client, ids = Client(), []
    schedule_in_hub(lambda: ids.append(client.create_retention_session(customer_id="cus_1").id))
    while not ids: time.sleep(0.01)
    print(ids[0][:4])
    """,
        environment(sandbox),
    )
    assert out == "ret_\n"


def test_gevent_waits_for_calls_and_ends_without_them(sandbox: Sandbox) -> None:
    """A hub raises `LoopExit` if nothing can wake it. `gevent.wait` returns when nothing is left to wait for."""
    out = run(
        """
    import gevent
    from renumerate_sdk import Client
    client = Client()
    gevent.sleep(0)
    print(client.create_retention_session(customer_id="cus_1").id[:4])
    greenlet = gevent.spawn(client.create_retention_session, customer_id="cus_2")
    print(gevent.wait(timeout=20), greenlet.value.id[:4])
    """,
        environment(sandbox),
    )
    assert out == "ret_\nTrue ret_\n"


@pytest.mark.parametrize("library", PATCHED)
def test_child_forked_during_calls_can_call(sandbox: Sandbox, library: str) -> None:
    """The parent's calls complete, although the child continues the hub that waits for them."""
    sandbox.script("cus_delayed", *[{"mint": True, "delay_ms": 1_000}] * 3)
    out = run(
        PATCHED[library]
        + REQUESTS
        + """
    import signal, time
    from renumerate_sdk import Client
    client = Client()
    def call(customer): return client.create_retention_session(customer_id=customer).id[:4]
    delayed = [spawn(call, "cus_delayed") for _ in range(3)]
    while len(requests()) < 3: time.sleep(0.01)
    process = os.fork()
    if process == 0:
        signal.alarm(25)
        code = 1
        try:
            while count_responses("cus_delayed") < 3: pass
            for _ in range(5): results([spawn(call, "cus_1") for _ in range(3)])
            code = 0
        finally:
            os._exit(code)
    print(os.waitpid(process, 0)[1], *results(delayed))
    """,
        environment(sandbox),
    )
    assert out == "0 ret_ ret_ ret_\n"


@pytest.mark.parametrize("library", PATCHED)
def test_greenlets_log_without_deadlock(sandbox: Sandbox, tmp_path: Path, library: str) -> None:
    """Locks of a patched `logging` work between greenlets only. A pool thread that logs would deadlock."""
    out = run(
        PATCHED[library]
        + f"""
    import logging
    from renumerate_sdk import Client
    logging.basicConfig(filename={str(tmp_path / "log")!r}, level=logging.DEBUG)
    client = Client()
    def call(customer):
        for _ in range(20):
            client.create_retention_session(customer_id=customer)
            logging.getLogger("app").debug("greenlet line")
        return 20
    print(sum(results([spawn(call, f"cus_{{n}}") for n in range(40)])))
    """,
        environment(sandbox),
    )
    assert out == "800\n"
    assert (tmp_path / "log").read_text().count("renumerate_sdk:renumerate: attempt ended ") == 800


@pytest.mark.parametrize("library", PATCHED)
def test_patched_process_without_hub_can_call(sandbox: Sandbox, library: str) -> None:
    out = run(
        PATCHED[library]
        + """
    from renumerate_sdk import Client
    print(Client().create_retention_session(customer_id="cus_1").id[:4])
    """,
        environment(sandbox),
    )
    assert out == "ret_\n"


APP = """
import os
from renumerate_sdk import Client

client = Client()

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Worker", str(os.getpid()))])
    if environ["PATH_INFO"] == "/quick":
        return [b"quick"]
    return [client.create_retention_session(customer_id="cus_delayed").id.encode()]
"""


@pytest.mark.parametrize("preload", [[], ["--preload"]])
def test_gunicorn_gevent_worker_serves_requests_during_calls(
    sandbox: Sandbox, tmp_path: Path, preload: list[str]
) -> None:
    sandbox.script("cus_delayed", {"mint": True, "delay_ms": 4_000})
    (tmp_path / "app.py").write_text(APP)
    variables = environment(sandbox, PYTHONPATH=str(tmp_path), PYTHONWARNINGS="ignore")
    arguments = ["app:app", "-k", "gevent", "--workers", "1", *preload]
    with gunicorn(*arguments, folder=tmp_path, variables=variables) as url, ThreadPoolExecutor(4) as threads:
        slow = [threads.submit(get, f"{url}/slow") for _ in range(4)]
        wait_for(lambda: len(sandbox.requests()) == 4)
        assert get(f"{url}/quick")[0] == "quick"
        assert not any(response.done() for response in slow)
        assert all(response.result()[0].startswith("ret_") for response in slow)
