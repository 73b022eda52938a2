"""Searches for canary secrets in reprs and logs."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import time
from typing import Any

import pytest
from conftest import KEY

from renumerate_sdk import AsyncClient, Client
from renumerate_sdk.testing import Sandbox

CLIENT_CLASSES = [Client, AsyncClient]


@pytest.mark.parametrize("level", [logging.DEBUG, 1])
def test_package_logger_logs_calls_without_secrets(sandbox: Sandbox, level: int) -> None:
    """Rules: S18"""
    output, logger = io.StringIO(), logging.getLogger("renumerate_sdk")
    handler = logging.StreamHandler(output)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        customer: dict[str, Any] = {"customer_id": "cus_unstable", "customer_email": "planted@example.com"}
        ids = [sandbox.client().create_retention_session(**customer).id]

        async def main() -> None:
            ids.append((await sandbox.async_client().create_retention_session(**customer)).id)

        asyncio.run(main())
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    lines = output.getvalue().splitlines()
    completed = [line for line in lines if line.startswith("DEBUG renumerate_sdk answered attempt=")]
    assert [line.split()[4] for line in completed] == ["status=503", "status=200"] * 2, lines
    assert sum("trying again wait_ms=" in line for line in lines) == 2
    assert ("tried to connect" in output.getvalue()) == (level == 1)
    for secret in [KEY, "planted", *ids]:
        assert secret not in output.getvalue()


def test_default_log_level_logs_nothing(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.client().create_retention_session(customer_id="cus_unstable")
    assert caplog.records == []


def test_failing_log_handler_does_not_fail_call(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    class Failing(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise ValueError("raised by the handler")

    logger, handler = logging.getLogger("renumerate_sdk"), Failing()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        assert sandbox.client().create_retention_session(customer_id="cus_1").id
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert [str(caught.exc_value) for caught in unraisable] == ["raised by the handler"]


def test_log_handler_can_block_and_make_calls(sandbox: Sandbox) -> None:
    class Calling(logging.Handler):
        calls = 0

        def handle(self, record: logging.LogRecord) -> bool:
            self.calls += 1
            if self.calls == 1:
                time.sleep(1.5)
                assert sandbox.client().create_retention_session(customer_id="cus_2").id
            return True

    logger, handler = logging.getLogger("renumerate_sdk"), Calling()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        session = sandbox.client(timeout=1).create_retention_session(customer_id="cus_1")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    # Since Python 3.13.4, `logging` ignores the records of a handler's own calls.
    assert len(session.attempts) == 1 and handler.calls == (1 if sys.version_info >= (3, 13, 4) else 2)


def test_keyboard_interrupt_in_log_handler_is_raised(sandbox: Sandbox) -> None:
    class Interrupted(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise KeyboardInterrupt

    logger, handler = logging.getLogger("renumerate_sdk"), Interrupted()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        with pytest.raises(KeyboardInterrupt):
            sandbox.client().create_retention_session(customer_id="cus_1")
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(sandbox.async_client().create_retention_session(customer_id="cus_1"))
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


@pytest.mark.parametrize("client_class", CLIENT_CLASSES)
def test_client_repr_shows_base_url_without_key(client_class: type[Client] | type[AsyncClient]) -> None:
    client = client_class("sk_live_planted", base_url="https://eu.example.com")
    assert repr(client) == str(client) == f"<renumerate_sdk.{client_class.__name__} of https://eu.example.com/>"
    assert "planted" not in repr(vars(client))
