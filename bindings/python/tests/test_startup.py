"""Side effects of importing the package and constructing a client."""

from __future__ import annotations

import os

import pytest
from programs import run

COUNT = """
    import os, sys
    def threads(): return len(os.listdir("/proc/self/task"))
    def sockets():
        links = (f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd"))
        return sum(os.readlink(link).startswith("socket:") for link in links if os.path.islink(link))
"""


@pytest.mark.parametrize("client_class", ["Client", "AsyncClient"])
def test_import_and_construction_start_no_thread_and_open_no_socket(client_class: str) -> None:
    out = run(
        COUNT
        + f"""
    import renumerate_sdk
    client = renumerate_sdk.{client_class}("sk_live_x")
    print(threads(), sockets())
    """,
        os.environ,
    )
    assert out.split() == ["1", "0"]


def test_import_loads_neither_asyncio_nor_logging_nor_test_kit() -> None:
    out = run(
        """
    import sys
    before = set(sys.modules)
    import renumerate_sdk
    print(*sorted(set(sys.modules) - before))
    """,
        os.environ,
    )
    new = set(out.split())
    assert "renumerate_sdk._client" in new
    assert not new & {"asyncio", "logging", "re", "socket", "threading", "typing"}
    assert not new & {"renumerate_sdk._async_client", "renumerate_sdk.testing"}


def test_client_requires_key_on_first_call(sandbox: object) -> None:
    """Application builds construct clients in processes without secrets."""
    from renumerate_sdk.testing import Sandbox

    assert isinstance(sandbox, Sandbox)
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RENUMERATE_")}
    out = run(
        f"""
    import asyncio, os
    import renumerate_sdk
    client = renumerate_sdk.Client(base_url={sandbox.url!r})
    async_client = renumerate_sdk.AsyncClient(base_url={sandbox.url!r})
    print(client)
    for call in (
        lambda: client.create_retention_session(customer_id="cus_1"),
        lambda: asyncio.run(async_client.create_retention_session(customer_id="cus_1")),
    ):
        try:
            call()
        except renumerate_sdk.ConfigurationError as error:
            print(error.field, error)
    os.environ["RENUMERATE_PRIVATE_KEY"] = {sandbox.private_key!r}
    print(client.create_retention_session(customer_id="cus_1").id[:4])
    print(asyncio.run(async_client.create_subscription_session(customer_id="cus_1")).id[:4])
    try:
        renumerate_sdk.Client("with space")
    except renumerate_sdk.ConfigurationError as error:
        print("rejected by constructor:", error.field)
    """,
        variables,
    )
    lines = out.splitlines()
    assert lines[0] == "<renumerate_sdk.Client without a key so far>"
    assert all(line.startswith("private_key ") and "RENUMERATE_PRIVATE_KEY" in line for line in lines[1:3]), lines
    assert lines[3:] == ["ret_", "sub_", "rejected by constructor: private_key"]


def test_import_in_subinterpreter_is_rejected() -> None:
    """A subinterpreter would share the classes of the main interpreter."""
    out = run(
        """
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    interpreters.run_string(
        interpreters.create(),
        "try: import renumerate_sdk\\n"
        "except ImportError as error: import os; os.write(1, str(error).encode())",
    )
    """,
        os.environ,
    )
    # Python 3.12 and later raise their own error.
    assert "main interpreter only" in out or "does not support loading in subinterpreters" in out
