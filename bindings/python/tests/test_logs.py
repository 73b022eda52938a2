"""Log records of the logger ``renumerate_sdk``."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import KEY

from renumerate_sdk import AsyncClient, Client, RenumerateError
from renumerate_sdk.testing import Sandbox

CUSTOMER: dict[str, Any] = {"customer_id": "cus_unstable", "customer_email": "planted@example.com"}


class Recording(logging.Handler):
    """Handler that keeps all records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[Any] = []  # the fields are attributes that `LogRecord` does not declare

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def named(self, event: str) -> list[Any]:
        return [record for record in self.records if record.event == event]


@contextmanager
def logging_to(handler: logging.Handler, level: int = logging.DEBUG) -> Iterator[None]:
    logger = logging.getLogger("renumerate_sdk")
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def create_blocking(sandbox: Sandbox, **arguments: Any) -> str:
    return sandbox.client().create_retention_session(**arguments).id


def create_async(sandbox: Sandbox, **arguments: Any) -> str:
    async def main() -> str:
        return (await sandbox.async_client().create_retention_session(**arguments)).id

    return asyncio.run(main())


both_clients = pytest.mark.parametrize("create", [create_blocking, create_async])


@both_clients
@pytest.mark.parametrize("level", [logging.DEBUG, 1])
def test_attempts_and_calls_are_logged_without_secrets(
    sandbox: Sandbox, create: Callable[..., str], level: int
) -> None:
    """Rules: S18"""
    handler = Recording()
    with logging_to(handler, level):
        session_id = create(sandbox, **CUSTOMER)
    first, second = handler.named("attempt ended")
    assert (first.attempt, first.outcome, first.status) == (1, "status", 503)
    assert (second.attempt, second.outcome, second.status) == (2, "status", 200)
    assert [record.attempt for record in handler.named("retrying request")] == [2]
    assert bool(handler.named("connection attempt ended")) == (level == 1)
    end = handler.records[-1]
    assert (end.event, end.levelname, end.attempt, end.outcome) == ("call succeeded", "DEBUG", 2, "success")
    assert end.elapsed_ms >= first.elapsed_ms + second.elapsed_ms
    assert end.getMessage().startswith(
        f"renumerate: call succeeded call_id={end.call_id} endpoint=retention host={end.host} "
    )
    for record in handler.records:
        assert record.name == "renumerate_sdk" and record.call_id == end.call_id
        assert (record.endpoint, record.host) == ("retention", sandbox.url.removeprefix("http://"))
        for secret in [KEY, "planted", session_id]:
            assert secret not in record.getMessage() and secret not in repr(vars(record))


@both_clients
def test_records_have_the_time_of_their_event(sandbox: Sandbox, create: Callable[..., str]) -> None:
    """Rules: S18"""
    handler = Recording()
    start = time.time()
    with logging_to(handler):
        create(sandbox, **CUSTOMER)
    retry, (_, second) = handler.named("retrying request")[0], handler.named("attempt ended")
    # The second attempt has ended after the wait. Both records are emitted after the call.
    assert start <= retry.created <= time.time()
    assert second.created - retry.created >= retry.wait_ms / 1000
    assert second.relativeCreated - retry.relativeCreated >= retry.wait_ms
    assert retry.msecs == pytest.approx(retry.created % 1 * 1000)


@both_clients
@pytest.mark.parametrize(
    ("arguments", "level", "fields"),
    [
        ({"customer_id": "cus_not_found"}, "INFO", {"outcome": "not_found", "status": 404, "attempt": 1}),
        ({"customer_id": ""}, "INFO", {"outcome": "validation", "attempt": 0}),
        ({"customer_id": 1}, "INFO", {"outcome": "validation", "attempt": 0}),
        ({"customer_id": "cus_1", "timeout": 0}, "WARNING", {"outcome": "configuration", "attempt": 0}),
        ({"customer_id": "cus_server_error", "max_retries": 1}, "WARNING", {"outcome": "server", "attempt": 2}),
        ({"customer_id": "cus_slow", "timeout": 0.2}, "WARNING", {"outcome": "timeout", "limit": "total"}),
    ],
)
def test_failed_call_is_logged_once_at_default_level(
    sandbox: Sandbox,
    create: Callable[..., str],
    caplog: pytest.LogCaptureFixture,
    arguments: dict[str, Any],
    level: str,
    fields: dict[str, Any],
) -> None:
    """Rules: S18"""
    create(sandbox, customer_id="cus_1")  # logs nothing at this level
    for root_level in [logging.WARNING, logging.INFO]:
        caplog.clear()
        with caplog.at_level(root_level), pytest.raises(RenumerateError):
            create(sandbox, **arguments)
        if root_level > logging.getLevelName(level):
            assert caplog.records == []
        else:
            (record,) = map(vars, caplog.records)
            expected = {"levelname": level, "event": "call failed", "endpoint": "retention", **fields}
            assert record.items() >= expected.items()


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("options", "arguments", "level", "fields"),
    [
        ({"public_key": "pk_1"}, {"customer_id": ""}, "INFO", {"outcome": "validation"}),
        ({"public_key": "pk_1"}, {"customer_id": 1}, "INFO", {"outcome": "validation"}),
        ({"public_key": "pk_1"}, {"timeout": 1}, "INFO", {"outcome": "validation"}),
        ({}, {"customer_id": "cus_1"}, "WARNING", {"outcome": "configuration", "setting": "public_key"}),
    ],
)
def test_token_that_cannot_be_created_is_logged_once(
    client_class: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
    options: dict[str, Any],
    arguments: dict[str, Any],
    level: str,
    fields: dict[str, Any],
) -> None:
    """Rules: S18"""
    with caplog.at_level(logging.DEBUG):
        client_class(KEY, public_key="pk_1").create_handshake_token(customer_id="cus_1")  # logs nothing
        with pytest.raises(RenumerateError):
            client_class(KEY, **options).create_handshake_token(**arguments)
    (record,) = map(vars, caplog.records)
    assert record.items() >= {"levelname": level, "event": "token failed", **fields}.items()
    assert not record.keys() & ({"call_id", "endpoint", "host", "attempt", "setting"} - fields.keys())


def test_concurrent_calls_have_their_own_ids(sandbox: Sandbox) -> None:
    """Rules: S18"""
    handler, client = Recording(), sandbox.client()
    with logging_to(handler), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: client.create_retention_session(customer_id=f"cus_{number}"), range(40)))
    attempts, ends = handler.named("attempt ended"), handler.named("call succeeded")
    ids = {record.call_id for record in ends}
    assert len(ids) == len(ends) == len(attempts) == 40 and {record.call_id for record in attempts} == ids


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_calls_of_forked_processes_have_different_ids(sandbox: Sandbox) -> None:
    """Rules: S18"""
    program = """
import json, logging, os, sys
from renumerate_sdk import Client
class Printing(logging.Handler):
    def emit(self, record):
        os.write(1, f"{record.call_id}\\n".encode())
logging.getLogger().addHandler(Printing())
client = Client(base_url=sys.argv[1], max_retries=0)
def fail():
    try:
        client.create_retention_session(customer_id="cus_server_error")
    except Exception:
        pass
fail()
child = os.fork()
fail()
if child:
    os.waitpid(child, 0)
"""
    variables = {**os.environ, "RENUMERATE_PRIVATE_KEY": KEY}
    command = [sys.executable, "-c", program, sandbox.url]
    output = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=True).stdout
    ids = output.split()
    assert len(ids) == len(set(ids)) == 3
    assert len({call_id.split("-")[0] for call_id in ids}) == 2, ids


def test_program_without_log_handlers_prints_warnings_and_hooks_get_the_records(sandbox: Sandbox) -> None:
    program = """
import logging, sys
from renumerate_sdk import Client, ServerError
# Error trackers such as Sentry replace this method.
events, call_handlers = [], logging.Logger.callHandlers
logging.Logger.callHandlers = lambda self, record: (events.append(record.event), call_handlers(self, record))
try:
    Client(base_url=sys.argv[1], max_retries=0).create_retention_session(customer_id="cus_server_error")
except ServerError:
    print("failed", *events, sep=", ")
"""
    variables = {**os.environ, "RENUMERATE_PRIVATE_KEY": KEY}
    command = [sys.executable, "-c", program, sandbox.url]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "failed, call failed\n"
    (line,) = done.stderr.splitlines()
    assert line.startswith("renumerate: call failed call_id=") and "outcome=server" in line


def test_attributes_of_the_programs_record_factory_are_kept(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    factory = logging.getLogRecordFactory()

    def with_host(*args: Any, **kwargs: Any) -> Any:
        record: Any = factory(*args, **kwargs)
        record.host = "application server"
        return record

    logging.setLogRecordFactory(with_host)
    try:
        with pytest.raises(RenumerateError):
            sandbox.client(max_retries=0).create_retention_session(customer_id="cus_server_error")
    finally:
        logging.setLogRecordFactory(factory)
    (record,) = map(vars, caplog.records)
    assert record["host"] == "application server" and record["endpoint"] == "retention"


def test_closed_client_and_missing_key_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Rules: S18, E13"""
    closed, keyless = Client("sk_test_planted"), Client()
    closed.close()
    with caplog.at_level(logging.INFO):
        for client in [closed, keyless]:
            with pytest.raises(RenumerateError):
                client.create_retention_session(customer_id="cus_1")
    assert [vars(record)["outcome"] for record in caplog.records] == ["closed", "configuration"]
    assert not any(hasattr(record, "host") for record in caplog.records)


def test_failing_log_handler_does_not_fail_call(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    class Failing(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise ValueError("raised by the handler")

    handler = Failing()
    with logging_to(handler):
        assert sandbox.client().create_retention_session(customer_id="cus_1").id
    assert [str(caught.exc_value) for caught in unraisable] == ["raised by the handler"] * 2


def test_log_handler_can_block_and_make_calls(sandbox: Sandbox) -> None:
    class Calling(logging.Handler):
        calls = 0

        def handle(self, record: logging.LogRecord) -> bool:
            self.calls += 1
            if self.calls == 1:
                time.sleep(1.5)
                assert sandbox.client().create_retention_session(customer_id="cus_2").id
            return True

    handler = Calling()
    with logging_to(handler):
        session = sandbox.client(timeout=1).create_retention_session(customer_id="cus_1")
    # Since Python 3.13.4, `logging` ignores the records of a handler's own calls.
    assert len(session.attempts) == 1 and handler.calls == (2 if sys.version_info >= (3, 13, 4) else 4)


def test_keyboard_interrupt_in_log_handler_is_raised(sandbox: Sandbox) -> None:
    class Interrupted(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise KeyboardInterrupt

    handler = Interrupted()
    with logging_to(handler):
        with pytest.raises(KeyboardInterrupt):
            sandbox.client().create_retention_session(customer_id="cus_1")
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(sandbox.async_client().create_retention_session(customer_id="cus_1"))
