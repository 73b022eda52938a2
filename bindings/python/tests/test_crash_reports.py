"""Crash reports show local variables. Those of this package hold no values that the caller passed."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crash_report import package_variables
from programs import environment, run

from renumerate_sdk import AsyncClient, Client, ConfigurationError, NetworkError, RenumerateError, _event_loop, _native
from renumerate_sdk.testing import Sandbox

CUSTOMER: dict[str, Any] = {"customer_email": "planted@example.com"}

# Arguments of a call that fails with each class of error. The sandbox is scripted by the customer id.
FAILURES: dict[str, dict[str, Any]] = {
    "ConfigurationError": {"max_retries": 99},
    "ValidationError": {"customer_id": 1},
    "ApiError": {"customer_id": "cus_planted_418"},
    "BadRequestError": {"customer_id": "cus_planted_400"},
    "AuthenticationError": {"customer_id": "cus_planted_401"},
    "NotFoundError": {"customer_id": "cus_planted_404"},
    "RateLimitError": {"customer_id": "cus_planted_429"},
    "ServerError": {"customer_id": "cus_planted_500"},
    "UnexpectedResponseError": {"customer_id": "cus_planted_302"},
    "NetworkError": {"customer_id": "cus_planted_reset"},
    "RequestTimeoutError": {"customer_id": "cus_stall", "timeout": 0.2},
    "ClosedError": {},
}

# Program that makes each failing call in a greenlet, and prints the variables of this package's frames.
GREENLETS = """
import {library}
from crash_report import package_variables
from renumerate_sdk import Client, RenumerateError

def call(arguments, closed):
    client = Client(max_retries=0)
    if closed: client.close()
    try:
        client.create_retention_session(**{{**{customer!r}, **arguments}})
    except RenumerateError as error:
        print(type(error).__name__, package_variables(error).replace("\\n", " "))

for name, arguments in {failures!r}.items():
    {library}.spawn(call, arguments, name == "ClosedError").{join}()
"""


@pytest.fixture
def failing(sandbox: Sandbox) -> Sandbox:
    """A sandbox that is scripted for `FAILURES`."""
    for status in (400, 401, 404, 418, 429, 500):
        sandbox.script(f"cus_planted_{status}", {"status": status, "body": {"error": "scripted"}})
    sandbox.script("cus_planted_302", {"status": 302})
    sandbox.script("cus_planted_reset", {"fault": "reset_before_status"})
    return sandbox


def failure(call: Callable[[], object]) -> RenumerateError:
    with pytest.raises(RenumerateError) as raised:
        call()
    return raised.value


def test_every_error_class_but_internal_error_is_caused() -> None:
    assert set(_native.ERROR_CLASSES) - set(FAILURES) == {"InternalError"}


@pytest.mark.parametrize("kind", ["retention", "subscription"])
@pytest.mark.parametrize("name", FAILURES)
def test_failed_call_keeps_no_arguments_in_variables(failing: Sandbox, name: str, kind: str) -> None:
    arguments, method = {**CUSTOMER, **FAILURES[name]}, f"create_{kind}_session"
    client, async_client = failing.client(max_retries=0), failing.async_client(max_retries=0)
    if name == "ClosedError":
        client.close()
        asyncio.run(async_client.close())
    for call in (
        lambda: getattr(client, method)(**arguments),
        lambda: asyncio.run(getattr(async_client, method)(**arguments)),
    ):
        error = failure(call)
        assert type(error).__name__ == name
        assert "planted" not in package_variables(error)


@pytest.mark.parametrize(("library", "join"), [("gevent", "join"), ("eventlet", "wait")])
def test_failed_call_of_greenlet_keeps_no_arguments_in_variables(failing: Sandbox, library: str, join: str) -> None:
    program = GREENLETS.format(library=library, join=join, customer=CUSTOMER, failures=FAILURES)
    out = run(program, environment(failing, PYTHONPATH=str(Path(__file__).parent), PYTHONWARNINGS="ignore"))
    assert [line.split()[0] for line in out.splitlines()] == list(FAILURES)
    assert "'wait': <" in out, "the calls did not run as greenlets"
    assert "planted" not in out


def test_call_without_resources_keeps_no_arguments_in_variables(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no descriptors left")

    monkeypatch.setattr(_event_loop, "wakeup_methods", [fail])
    error = failure(lambda: asyncio.run(sandbox.async_client().create_retention_session(**CUSTOMER)))
    assert isinstance(error, NetworkError) and isinstance(error.__cause__, OSError)
    assert "planted" not in package_variables(error)


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
def test_failed_token_keeps_no_arguments_in_variables(client_class: type[Client] | type[AsyncClient]) -> None:
    client = client_class("sk_x", public_key="sk_x")
    error = failure(lambda: client.create_handshake_token(customer_id="cus_planted"))
    assert isinstance(error, ConfigurationError)
    assert "planted" not in package_variables(error)


@pytest.mark.parametrize("entry_point", ["Client", "AsyncClient", "Sandbox.client", "Sandbox.async_client"])
def test_failed_constructor_hides_option_values(sandbox: Sandbox, entry_point: str) -> None:
    """Rules: X1"""
    create: dict[str, Callable[..., object]] = {
        "Client": Client,
        "AsyncClient": AsyncClient,
        "Sandbox.client": sandbox.client,
        "Sandbox.async_client": sandbox.async_client,
    }
    invalid: list[dict[str, Any]] = [
        {"private_key": "sk_live_planted in two words"},
        {"private_key": "sk_live_planted", "timeout": 0},
        {"private_key": "sk_live_planted", "base_url": "http://shop.example"},
        {"privateKey": "sk_live_planted"},
        {"private_key": "sk_x", "base_url": "https://user:planted@api.example"},
        {"private_key": "sk_x", "base_url": "https://api.example?key=planted"},
        {"private_key": "sk_x", "widgets_base_url": "https://user:planted@widgets.example"},
        {"private_key": "sk_x", "app_info": "planted\n"},
        {"private_key": "sk_x", "ca_bundle": "sk_live_planted"},
        {"private_key": "sk_x", "proxy": "http://user:planted@"},
        {"private_key": "sk_x", "proxy": "socks5://user:planted@proxy.example"},
    ]
    for options in invalid:
        error = failure(lambda options=options: create[entry_point](**options))  # type: ignore[misc]
        report = f"{error} {error!r} {vars(error)} {package_variables(error)} {pickle.dumps(error)!r}"
        assert "planted" not in report, report
    unknown = failure(lambda: create[entry_point](planted=1))
    assert "planted" in str(unknown), "the search does not work"
