"""What importing and constructing cost, and what they leave alone."""

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


@pytest.mark.parametrize("face", ["Client", "AsyncClient"])
def test_importing_and_constructing_start_no_thread_and_open_no_socket(face: str) -> None:
    out = run(
        COUNT
        + f"""
    import renumerate_sdk
    client = renumerate_sdk.{face}("sk_live_x")
    print(threads(), sockets())
    """,
        os.environ,
    )
    assert out.split() == ["1", "0"]


def test_importing_brings_in_neither_asyncio_nor_logging_nor_the_test_kit() -> None:
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


def test_the_client_needs_a_key_only_when_it_calls(sandbox: object) -> None:
    """Applications construct clients where they are built, without secrets."""
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
        print("refused at once:", error.field)
    """,
        variables,
    )
    lines = out.splitlines()
    assert lines[0] == "<renumerate_sdk.Client without a key so far>"
    assert all(line.startswith("private_key ") and "RENUMERATE_PRIVATE_KEY" in line for line in lines[1:3]), lines
    assert lines[3:] == ["ret_", "sub_", "refused at once: private_key"]


def test_another_interpreter_of_the_process_is_refused() -> None:
    """Its classes would be those of the first one."""
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
    # From 3.12 on the interpreter says so itself.
    assert "main interpreter only" in out or "does not support loading in subinterpreters" in out
