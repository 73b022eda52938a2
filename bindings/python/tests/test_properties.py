"""Property-based tests. Arbitrary arguments and responses raise documented errors only and cause no panic.
Copies are equal. No output contains the canary key.

``PROPERTY_EXAMPLES=20000`` runs that many random examples. Add each failing one here as an ``@example``.
"""

from __future__ import annotations

import asyncio
import base64
import copy
import os
import pickle
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from conftest import KEY
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import renumerate_sdk
from renumerate_sdk import (
    ApiError,
    AsyncClient,
    Attempt,
    Client,
    ConfigurationError,
    RenumerateError,
    RetentionSession,
    Session,
    SubscriptionSession,
    UnexpectedResponseError,
    ValidationError,
)
from renumerate_sdk.testing import Sandbox

EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")
thorough = settings(
    max_examples=int(EXAMPLES or 100),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,  # a loaded machine can be slow
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

OPTIONS = ["private_key", "public_key", "base_url", "timeout", "attempt_timeout", "connect_timeout", "max_retries"]
OPTIONS += ["max_connections", "proxy", "ca_bundle", "app_info", "widgets_base_url"]
SESSIONS: list[type[RetentionSession] | type[SubscriptionSession]] = [RetentionSession, SubscriptionSession]
ERRORS = [
    value for value in vars(renumerate_sdk).values() if isinstance(value, type) and issubclass(value, RenumerateError)
]


class Hostile:
    """An object whose special methods all raise."""

    def _raise(self, *_: object) -> NoReturn:
        raise ZeroDivisionError("raised by the caller's object")

    __float__ = __index__ = __str__ = __repr__ = __fspath__ = __eq__ = __hash__ = __bool__ = __len__ = __iter__ = _raise
    total_seconds = _raise


class Text(str):
    """A subclass of `str`."""


any_text = st.text(st.characters(), max_size=300)  # includes lone surrogates
LIKELY_VALUES: list[object] = [
    "",
    KEY,
    "sk_live_planted",
    f" {KEY}",
    "https://a.b",
    "http://planted@a.b",
    "http://a.b",
    "http://",
]
LIKELY_VALUES += ["cus_1", "a@b", "Shop/1.2", "x" * 300, "ret_" + "x" * 80, Path("planted"), Text("planted")]
LIKELY_VALUES += [1, 0, -1, 0.5, 10, 11, 86_401, 10**400, -0.0, Decimal("0.2"), Decimal("sNaN"), timedelta.max]
any_value = st.one_of(
    st.none(),
    st.sampled_from(LIKELY_VALUES),
    any_text,
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.timedeltas(),
    st.datetimes(),
    st.binary(),
    st.complex_numbers(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.none()),
    st.builds(object),
    st.builds(Hostile),
)
unknown_parameters = st.dictionaries(
    any_text.filter(lambda name: name not in {"self", "private_key"}), any_value, max_size=2
)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(private_key=KEY) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(running: Sandbox) -> Client:
    return running.client(max_retries=0, timeout=20)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(autouse=True)
def no_thread_panics(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert "panicked" not in capfd.readouterr().err


def rendered(error: RenumerateError) -> str:
    return f"{error} {error!r} {vars(error)} {error.args} {pickle.dumps(error)!r}"


def assert_value_semantics(value: Any) -> None:
    """Asserts that copies and pickles are equal and have the same hash."""
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(other) is type(value)
        if isinstance(value, RenumerateError):
            assert (vars(other), other.args) == (vars(value), value.args)
        else:
            assert other == value and hash(other) == hash(value)


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
@thorough
@given(options=st.fixed_dictionaries({}, optional=dict.fromkeys(OPTIONS, any_value)), unknown=unknown_parameters)
@example(options={}, unknown={"\ud800": 1})
def test_client_is_created_or_error_names_option(
    client_class: type[Client] | type[AsyncClient], options: dict[str, Any], unknown: dict[str, Any]
) -> None:
    """Rules: V7, X1"""
    try:
        text = repr(client_class(**{"private_key": "sk_live_planted", **options, **unknown}))
    except ConfigurationError as error:
        assert error.field is not None and error.attempts == () and not error.retryable
        assert_value_semantics(error)
        text = rendered(error)
    if "planted" not in f"{[value for value in options.values() if isinstance(value, Path)]} {list(unknown)}":
        assert "planted" not in text


@thorough
@given(
    parameters=st.fixed_dictionaries(
        {},
        optional={
            "customer_id": any_value,
            "customer_email": any_value,
            "subscription_id": any_value,
            "max_retries": any_value,
            # A tiny timeout would expire.
            "timeout": any_value.filter(lambda value: not isinstance(value, int | float | Decimal | timedelta)),
        },
    ),
    unknown=unknown_parameters,
)
@example(parameters={"customer_id": "cus_1"}, unknown={"\ud800": None})
def test_call_returns_session_or_names_parameter(
    client: Client,
    running: Sandbox,
    loop: asyncio.AbstractEventLoop,
    parameters: dict[str, Any],
    unknown: dict[str, Any],
) -> None:
    """Rules: V1, V2, V7"""
    asynchronous = running.async_client(max_retries=0, timeout=20)

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            session = call()
        except (ValidationError, ConfigurationError) as error:
            assert error.field is not None and error.attempts == ()
            assert_value_semantics(error)
            return type(error), rendered(error)
        assert not set(unknown) and session.id
        return type(session), repr(session)

    for method in ("create_retention_session", "create_subscription_session"):
        call, call_async = getattr(client, method), getattr(asynchronous, method)
        blocking = outcome(partial(call, **parameters, **unknown))
        assert outcome(lambda: loop.run_until_complete(call_async(**parameters, **unknown))) == blocking  # noqa: B023
        assert KEY not in str(blocking)


canary_keys = st.sampled_from([KEY, KEY.replace("_", "%5F"), KEY.replace("_", "\\u005f"), KEY.replace("_", "&#95;")])
words = st.sampled_from(['{"id":"', '{"error":"', '"session":', "ret_", "sub_", '"}', "}", "{", "<html>", "x" * 130])
bodies = st.one_of(
    st.binary(max_size=200),
    st.lists(st.one_of(canary_keys, words, st.text(max_size=5)), max_size=8).map(lambda words: "".join(words).encode()),
)
header_values = st.one_of(canary_keys, st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=40))
header_names = st.sampled_from(
    [
        "content-type",
        "x-request-id",
        "request-id",
        "location",
        "retry-after",
        "retry-after-ms",
        "content-encoding",
        "x-y",
    ]
)
responses = st.fixed_dictionaries(
    {
        "status": st.one_of(
            st.sampled_from([200, 201, 302, 400, 401, 404, 422, 429, 500]), st.integers(200, 999)
        ).filter(lambda status: status not in {204, 304}),
        "headers": st.dictionaries(header_names, header_values, max_size=3),
        "base64": bodies.map(lambda body: base64.b64encode(body).decode()),
    },
    optional={
        "fault": st.sampled_from(["reset_before_status", "close_before_status", "reset_in_body", "truncate_body"])
    },
)


@thorough
@given(response=responses)
def test_any_response_becomes_session_or_documented_error(
    client: Client, running: Sandbox, loop: asyncio.AbstractEventLoop, response: dict[str, Any]
) -> None:
    """Rules: D3, X1"""
    running.script("cus_any", response)
    asynchronous = running.async_client(max_retries=0, timeout=20)
    calls: dict[str, Callable[[], Session]] = {
        "ret_": lambda: client.create_retention_session(customer_id="cus_any"),
        "sub_": lambda: loop.run_until_complete(asynchronous.create_subscription_session(customer_id="cus_any")),
    }
    for prefix, call in calls.items():
        try:
            session = call()
        except (ApiError, UnexpectedResponseError) as error:
            assert error.status == response["status"]
            assert len(error.body or "") <= 512
            assert error.status == 404 or isinstance(error, ApiError) == (response["status"] >= 400)
            assert_value_semantics(error)
            text = rendered(error)
        except RenumerateError as error:
            assert error.code == "network" and "fault" in response, error
            text = rendered(error)
        else:
            assert session.id.startswith(prefix) and len(session.id) > 4 and response["status"] < 300
            assert_value_semantics(session)
            text = f"{session!r} {session}"
            assert len(session.id) < 60 or session.id[4:] not in text
        assert KEY not in text


attempts = st.builds(
    Attempt,
    st.sampled_from(["status", "network", "timeout"]),
    status=st.none() | st.integers(100, 999),
    phase=st.none() | st.text(max_size=5),
    limit=st.none() | st.text(max_size=5),
    waited=st.floats(allow_nan=False),
    elapsed=st.floats(allow_nan=False),
)


@thorough
@given(one=attempts, other=attempts)
@example(one=Attempt("status", waited=0.0), other=Attempt("status", waited=-0.0))
def test_attempts_have_value_semantics(one: Attempt, other: Attempt) -> None:
    assert_value_semantics(one)
    assert one != other or hash(one) == hash(other)
    assert repr(one)


@pytest.mark.parametrize("session_class", SESSIONS)
@thorough
@given(
    sealed=st.text(min_size=1),
    url=st.sampled_from(["", "https://a.b?session_id="]),
    request_id=st.none() | st.text(),
    attempts=st.lists(attempts, max_size=2),
)
def test_constructed_sessions_have_value_semantics_and_hide_id(
    session_class: type[RetentionSession], sealed: str, url: str, request_id: str | None, attempts: list[Attempt]
) -> None:
    """Rules: X2"""
    session = session_class("ret_" + sealed, url and url + sealed, request_id, attempts)
    assert_value_semantics(session)
    assert session.attempts == tuple(attempts) and session.to_dict()["id"] == "ret_" + sealed
    without = session_class("ret_", url, request_id, attempts)
    assert repr(session) == str(session) == repr(without), "the output depends on the id"


@thorough
@given(arguments=st.lists(any_value, max_size=4))
def test_session_constructor_raises_builtin_errors(arguments: list[Any]) -> None:
    for session_class in SESSIONS:
        try:
            assert_value_semantics(session_class(*arguments))
        except (TypeError, UnicodeEncodeError):
            continue
        except ZeroDivisionError:
            assert any(isinstance(argument, Hostile) for argument in arguments)


@thorough
@given(
    error_class=st.sampled_from(ERRORS),
    text=any_text,
    message=st.none() | any_text,
    attempts=st.lists(attempts, max_size=2),
)
def test_constructed_errors_have_value_semantics(
    error_class: type[RenumerateError], text: str, message: str | None, attempts: list[Attempt]
) -> None:
    error = error_class(text, message=message, retryable=True, attempts=tuple(attempts))
    assert_value_semantics(error)
    assert str(error) == text and error.message == (text if message is None else message)


@thorough
@given(text=any_text, response=st.dictionaries(st.text(max_size=9), st.none() | st.integers() | st.text(), max_size=2))
def test_sandbox_rejects_invalid_arguments(running: Sandbox, text: str, response: dict[str, Any]) -> None:
    with pytest.raises((LookupError, ValueError)):
        running.session(text)
    try:
        assert isinstance(running.requests(key=text), list)
        running.script(text, response)
    except (ValueError, TypeError) as error:
        assert str(error)
