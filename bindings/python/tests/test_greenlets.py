"""gevent and eventlet: a call blocks a thread of the hub's pool while other greenlets run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorn_server import get, gunicorn
from polling import wait_for
from programs import environment, run

from renumerate_sdk.testing import Sandbox

PATCHED = {
    "gevent": """
    from gevent import monkey; monkey.patch_all()
    import gevent
    def spawn(*call): return gevent.spawn(*call)
    def results(greenlets): return [greenlet.get(timeout=20) for greenlet in greenlets]
    """,
    "eventlet": """
    import warnings; warnings.simplefilter("ignore")
    import eventlet; eventlet.monkey_patch()
    def spawn(*call): return eventlet.spawn(*call)
    def results(greenlets): return [greenlet.wait() for greenlet in greenlets]
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
    assert (tmp_path / "log").read_text().count("renumerate_sdk:answered attempt=1 status=200") == 800


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
