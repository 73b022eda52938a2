"""Argument conversion, sessions and errors."""

from __future__ import annotations

import copy
import enum
import json
import pickle
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import renumerate_sdk
from renumerate_sdk import (
    ApiError,
    Attempt,
    AuthenticationError,
    BadRequestError,
    Client,
    ClosedError,
    ConfigurationError,
    InternalError,
    NetworkError,
    NotFoundError,
    RateLimitError,
    RenumerateError,
    RequestTimeoutError,
    RetentionSession,
    ServerError,
    Session,
    SubscriptionSession,
    UnexpectedResponseError,
    ValidationError,
    _native,
)
from renumerate_sdk.testing import Sandbox

ID = "ret_gLDTK1oiejL-GsltN_9RMfdZGh4OyJPuaH1E-zKPCe4294_hcnG0J9fz3hK"


class CustomerId(str, enum.Enum):
    ENUM = "cus_enum"


def test_str_subclass_is_accepted_as_str(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        session = client.create_retention_session(customer_id=CustomerId.ENUM)
    assert sandbox.session(session.id)["customer_id"] == "cus_enum"


@pytest.mark.parametrize("seconds", [1, 0.2, timedelta(milliseconds=200), Decimal("0.2")])
def test_timeouts_are_seconds_or_timedeltas(sandbox: Sandbox, seconds: Any) -> None:
    with sandbox.client() as client, pytest.raises(RequestTimeoutError) as raised:
        client.create_retention_session(customer_id="cus_stall", timeout=seconds)
    assert raised.value.timeout_scope == "total"
    with sandbox.client(timeout=seconds) as client, pytest.raises(RequestTimeoutError):
        client.create_retention_session(customer_id="cus_stall")


@pytest.mark.parametrize("invalid", [True, "1", [], b"1", 0, -1, float("nan"), float("inf"), timedelta(0)])
def test_invalid_timeout_raises_error_with_field(invalid: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client("sk_x", timeout=invalid)
    assert raised.value.field == "timeout" and "timeout" in str(raised.value)
    with pytest.raises(ConfigurationError) as raised:
        Client("sk_x").create_retention_session(customer_id="cus_1", timeout=invalid)
    assert raised.value.field == "timeout" and raised.value.attempts == ()


@pytest.mark.parametrize("invalid", [True, "1", [], 1.5, -1, 11])
def test_invalid_max_retries_raises_error_with_field(invalid: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client("sk_x", max_retries=invalid)
    assert raised.value.field == "max_retries"


@pytest.mark.parametrize("invalid", [True, "1", [], 1.5, 0, 10_001])
def test_invalid_max_connections_raises_error_with_field(invalid: Any) -> None:
    """Rules: S20"""
    with pytest.raises(ConfigurationError) as raised:
        Client("sk_x", max_connections=invalid)
    assert raised.value.field == "max_connections"


@pytest.mark.parametrize("invalid", [42, b"cus_1", [], object(), True, "\ud800"])
def test_non_text_parameter_raises_error_with_field(invalid: Any) -> None:
    with pytest.raises(ValidationError) as raised:
        Client("sk_x").create_retention_session(customer_id=invalid)
    assert raised.value.field == "customer_id"


@pytest.mark.parametrize("invalid", [42, b"sk_x", ["sk_x"]])
def test_non_text_key_is_rejected_without_showing_it(invalid: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Client(invalid)
    assert raised.value.field == "private_key" and "sk_x" not in str(raised.value)


def test_call_rejects_client_option_and_unknown_parameter() -> None:
    with pytest.raises(ConfigurationError, match="an option of the client, not of a call") as raised:
        Client("sk_x").create_retention_session(customer_id="cus_1", attempt_timeout=3)  # type: ignore[call-arg]
    assert raised.value.field == "attempt_timeout"
    with pytest.raises(ValidationError, match="did you mean customer_id") as unknown:
        Client("sk_x").create_retention_session(customerId=42)  # type: ignore[call-arg]
    assert unknown.value.field == "customerId"


def test_conversion_allows_change_of_arguments() -> None:
    """A killed greenlet clears the arguments of its call, which a thread may be converting."""

    class ClearsArguments:
        def total_seconds(self) -> float:
            sys._getframe(1).f_locals["arguments"].clear()
            return 1.0

    timeout: Any = ClearsArguments()
    invalid: Any = 1
    with pytest.raises(ValidationError) as raised:
        Client("sk_x").create_retention_session(timeout=timeout, customer_id=invalid)
    assert raised.value.field == "customer_id"


def test_ca_bundle_accepts_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read") as raised:
        Client("sk_x", ca_bundle=tmp_path / "missing.pem")
    assert raised.value.field == "ca_bundle"
    with pytest.raises(ConfigurationError) as raised:
        Client("sk_x", ca_bundle=42)  # type: ignore[arg-type]
    assert raised.value.field == "ca_bundle"


def test_none_selects_default_of_every_option() -> None:
    names = ["base_url", "timeout", "attempt_timeout", "connect_timeout", "max_retries", "max_connections"]
    options: dict[str, Any] = dict.fromkeys([*names, "proxy", "ca_bundle", "app_info"])
    assert repr(Client("sk_x", **options)) == "<renumerate_sdk.Client of https://api.renumerate.com/>"


def test_user_agent_names_language_and_runtime(sandbox: Sandbox) -> None:
    """Rules: S16"""
    with sandbox.client(app_info="Shop/1.2") as client:
        client.create_retention_session(customer_id="cus_1")
    agent = sandbox.requests()[0].headers["user-agent"]
    assert agent.startswith(f"renumerate-python/{renumerate_sdk.__version__} (core {renumerate_sdk.__version__}; ")
    assert "; CPython 3." in agent and agent.endswith(") Shop/1.2")


def test_call_after_close_raises_closed_error(sandbox: Sandbox) -> None:
    """Rules: E13"""
    with sandbox.client() as client:
        client.create_retention_session(customer_id="cus_1")
    with pytest.raises(ClosedError, match="the client is closed") as raised:
        client.create_retention_session(customer_id="cus_1")
    assert raised.value.code == "closed" and not raised.value.retryable and raised.value.attempts == ()
    client.close()
    assert repr(client) == "<renumerate_sdk.Client closed>"


def test_sessions_have_value_semantics(sandbox: Sandbox) -> None:
    """Rules: X2"""
    with sandbox.client() as client:
        retention = client.create_retention_session(customer_id="cus_1")
        subscription = client.create_subscription_session(customer_id="cus_1")
    assert type(retention) is RetentionSession and type(subscription) is SubscriptionSession
    assert isinstance(retention, Session) and isinstance(subscription, Session)
    assert type(retention.id) is str and retention.url.endswith(retention.id)
    for session in (retention, subscription):
        for other in (copy.copy(session), copy.deepcopy(session), pickle.loads(pickle.dumps(session))):
            assert other == session and hash(other) == hash(session) and other.attempts == session.attempts
            assert type(other) is type(session)
        assert f"renumerate_sdk\n{type(session).__name__}\n".encode() in pickle.dumps(session, 0), (
            "the pickle must name the public module"
        )
        assert json.loads(json.dumps(session.to_dict())) == {"id": session.id, "url": session.url}
        with pytest.raises(AttributeError):
            session.id = "another"  # type: ignore[misc]
        with pytest.raises(AttributeError):
            session.other = 1  # type: ignore[union-attr]
    assert retention != subscription and retention != retention.id
    assert RetentionSession(ID) != SubscriptionSession(ID)
    assert retention == mock.ANY and retention == mock.ANY
    [attempt] = retention.attempts
    assert (attempt.outcome, attempt.status, attempt.phase, attempt.limit) == ("status", 200, None, None)
    assert attempt.waited == 0 and 0 < attempt.elapsed < 20


def test_constructed_session_hides_id() -> None:
    session = RetentionSession(ID, request_id="req_1")
    assert session.to_dict() == {"id": ID, "url": "", "request_id": "req_1"}
    assert repr(session) == "RetentionSession(id='ret_…', request_id='req_1')"
    assert ID[8:] not in f"{session} {session!r} {[session]}"


TREE = {
    ConfigurationError: RenumerateError,
    ValidationError: RenumerateError,
    ApiError: RenumerateError,
    BadRequestError: ApiError,
    AuthenticationError: ApiError,
    NotFoundError: ApiError,
    RateLimitError: ApiError,
    ServerError: ApiError,
    NetworkError: RenumerateError,
    RequestTimeoutError: RenumerateError,
    UnexpectedResponseError: RenumerateError,
    ClosedError: RenumerateError,
    InternalError: RenumerateError,
}


@pytest.mark.parametrize("error", TREE)
def test_error_hierarchy(error: type[RenumerateError]) -> None:
    """Rules: M5"""
    assert issubclass(error, TREE[error]) and issubclass(RenumerateError, Exception)
    assert not issubclass(error, OSError), "SDK errors must not be OS errors"
    assert error.__module__ == "renumerate_sdk" and getattr(renumerate_sdk, error.__name__) is error
    instance = error("constructed", retryable=True, attempts=(Attempt("network", phase="dns", elapsed=0.5),))
    for other in (pickle.loads(pickle.dumps(instance)), copy.copy(instance), copy.deepcopy(instance)):
        assert type(other) is error and str(other) == "constructed" and vars(other) == vars(instance)
    assert instance.message == "constructed" and instance.code == error.code


def test_every_native_error_class_is_public() -> None:
    public = {name for name in renumerate_sdk.__all__ if name.endswith("Error")} - {"RenumerateError"}
    assert sorted(_native.ERROR_CLASSES) == sorted(public) == sorted(error.__name__ for error in TREE)


def test_closed_and_internal_errors_add_no_fields() -> None:
    common = vars(RenumerateError("constructed"))
    for error, code in ((ClosedError, "closed"), (InternalError, "internal")):
        instance = error("constructed")
        assert instance.code == code and vars(instance) == common


def test_call_error_can_be_pickled(sandbox: Sandbox) -> None:
    with sandbox.client(max_retries=0) as client, pytest.raises(RateLimitError) as raised:
        client.create_retention_session(customer_id="cus_rate_limited")
    other = pickle.loads(pickle.dumps(raised.value))
    assert vars(other) == vars(raised.value) and other.retry_after == 1.0 and other.status == 429


def test_client_cannot_be_pickled_or_copied() -> None:
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="create one in each process"):
            copied(Client("sk_x"))
