"""gevent and eventlet: a call waits in the hub's thread pool, and the other greenlets of the thread go on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorns import get, gunicorn
from programs import environment, run
from waiting import wait_for

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


@pytest.mark.parametrize("kind", PATCHED)
def test_greenlets_go_on_while_one_calls(sandbox: Sandbox, kind: str) -> None:
    sandbox.script("cus_late", {"mint": True, "delay_ms": 3_000})
    out = run(
        PATCHED[kind]
        + """
    import time
    from renumerate_sdk import Client, NotFoundError
    client, turns = Client(), 0

    def count():
        global turns
        while True:
            turns += 1
            time.sleep(0.005)

    def call(customer):
        return client.create_retention_session(customer_id=customer).id[:4]

    spawn(count)
    print(*results([spawn(call, "cus_late") for _ in range(6)]))
    print("the counter went on", turns > 10)
    def refused():
        try:
            call("cus_not_found")
        except NotFoundError as error:
            return error.status
    print(*results([spawn(refused)]))
    """,
        environment(sandbox),
    )
    assert out.splitlines() == ["ret_ " * 5 + "ret_", "the counter went on True", "404"]
    arrivals = [request.at for request in sandbox.requests()][:6]
    assert max(arrivals) - min(arrivals) < 3, "the last call was made before the first was answered"


@pytest.mark.parametrize("kind", PATCHED)
def test_greenlets_log(sandbox: Sandbox, tmp_path: Path, kind: str) -> None:
    """The locks of a patched `logging` are for greenlets: a thread of the pool that logs would hang."""
    out = run(
        PATCHED[kind]
        + f"""
    import logging
    from renumerate_sdk import Client
    logging.basicConfig(filename={str(tmp_path / "log")!r}, level=logging.DEBUG)
    client = Client()
    def call(customer):
        for _ in range(20):
            client.create_retention_session(customer_id=customer)
            logging.getLogger("mine").debug("a line of the greenlet's own")
        return 20
    print(sum(results([spawn(call, f"cus_{{n}}") for n in range(40)])))
    """,
        environment(sandbox),
    )
    assert out == "800\n"
    assert (tmp_path / "log").read_text().count("renumerate_sdk:answered attempt=1 status=200") == 800


@pytest.mark.parametrize("kind", PATCHED)
def test_a_process_that_is_patched_but_has_no_hub_calls_as_ever(sandbox: Sandbox, kind: str) -> None:
    out = run(
        PATCHED[kind]
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
    return [client.create_retention_session(customer_id="cus_late").id.encode()]
"""


@pytest.mark.parametrize("preload", [[], ["--preload"]])
def test_gunicorn_with_gevent_workers(sandbox: Sandbox, tmp_path: Path, preload: list[str]) -> None:
    sandbox.script("cus_late", {"mint": True, "delay_ms": 4_000})
    (tmp_path / "app.py").write_text(APP)
    variables = environment(sandbox, PYTHONPATH=str(tmp_path), PYTHONWARNINGS="ignore")
    arguments = ["app:app", "-k", "gevent", "--workers", "1", *preload]
    with gunicorn(*arguments, folder=tmp_path, variables=variables) as url, ThreadPoolExecutor(4) as threads:
        slow = [threads.submit(get, f"{url}/late") for _ in range(4)]
        wait_for(lambda: len(sandbox.requests()) == 4)
        assert get(f"{url}/quick")[0] == "quick"
        assert not any(answer.done() for answer in slow), "the quick answer came while the slow ones were awaited"
        assert all(answer.result()[0].startswith("ret_") for answer in slow)
