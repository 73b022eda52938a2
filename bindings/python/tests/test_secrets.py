"""A planted key is looked for in all that is shown: reprs, errors, reports of errors with local variables, logs."""

from __future__ import annotations

import asyncio
import io
import logging
import pickle
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from conftest import KEY

from renumerate_sdk import AsyncClient, Client, RenumerateError
from renumerate_sdk.testing import Sandbox

FACES = [Client, AsyncClient]
PLANTED = "sk_live_planted in two words"


def report(work: Callable[[], Any]) -> str:
    """What a crash reporter shows of the error: its text, its attributes, the local variables of this package."""
    try:
        work()
    except RenumerateError as error:
        frames = traceback.TracebackException.from_exception(error, capture_locals=True)
        ours = [frame for frame in frames.stack if "renumerate_sdk" in frame.filename]
        assert ours, "the report shows the frames of this package"
        text = "".join(f"{frame.name} {frame.locals}" for frame in ours)
        return f"{error} {error!r} {vars(error)} {text} {pickle.dumps(error)!r}"
    raise AssertionError("there is no error")


@pytest.mark.parametrize("face", FACES)
def test_a_report_of_an_error_does_not_show_what_was_given(face: type[Client] | type[AsyncClient]) -> None:
    """Rules: X1"""
    given: list[dict[str, Any]] = [
        {"private_key": PLANTED},
        {"private_key": "sk_live_planted", "timeout": 0},
        {"private_key": "sk_live_planted", "base_url": "http://shop.example"},
        {"privateKey": "sk_live_planted"},
        {"private_key": "sk_x", "proxy": "http://user:planted@"},
        {"private_key": "sk_x", "proxy": "socks5://user:planted@proxy.example"},
    ]
    for options in given:
        shown = report(partial(face, **options))
        assert "planted" not in shown, shown
    assert "planted" in report(lambda: face("sk_x", ca_bundle="/planted")), "the search finds what is there"


@pytest.mark.parametrize("level", [logging.DEBUG, 1])
def test_logs_go_to_the_packages_logger_and_hold_no_secret(sandbox: Sandbox, level: int) -> None:
    """Rules: S18"""
    shown, logger = io.StringIO(), logging.getLogger("renumerate_sdk")
    handler = logging.StreamHandler(shown)
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
    lines = shown.getvalue().splitlines()
    answered = [line for line in lines if line.startswith("DEBUG renumerate_sdk answered attempt=")]
    assert [line.split()[4] for line in answered] == ["status=503", "status=200"] * 2, lines
    assert sum("trying again wait_ms=" in line for line in lines) == 2
    assert ("tried to connect" in shown.getvalue()) == (level == 1)
    for secret in [KEY, "planted", *ids]:
        assert secret not in shown.getvalue()


def test_nobody_listens_and_nothing_is_logged(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.client().create_retention_session(customer_id="cus_unstable")
    assert caplog.records == []


def test_a_handler_that_fails_does_not_fail_the_call(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    unraisable: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)

    class Failing(logging.Handler):
        def handle(self, record: logging.LogRecord) -> bool:
            raise ValueError("a handler's own mistake")

    logger, handler = logging.getLogger("renumerate_sdk"), Failing()
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        assert sandbox.client().create_retention_session(customer_id="cus_1").id
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert [str(caught.exc_value) for caught in unraisable] == ["a handler's own mistake"]


def test_a_handler_may_be_slow_and_call_a_client_itself(sandbox: Sandbox) -> None:
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
    assert len(session.attempts) == 1 and handler.calls == 2


def test_what_a_signals_handler_raises_in_a_handler_of_logs_is_not_lost(sandbox: Sandbox) -> None:
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


@pytest.mark.parametrize("face", FACES)
def test_a_client_prints_its_base_url_and_no_key(face: type[Client] | type[AsyncClient]) -> None:
    client = face("sk_live_planted", base_url="https://eu.example.com")
    assert repr(client) == str(client) == f"<renumerate_sdk.{face.__name__} of https://eu.example.com/>"
    assert not hasattr(client, "__dict__")
