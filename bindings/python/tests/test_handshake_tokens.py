"""Handshake tokens: values, masks and errors. The test cases in `tests/vectors` verify their form and signature."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from renumerate_sdk import AsyncClient, Client, ClosedError, ConfigurationError, HandshakeToken, ValidationError

LIFETIME = timedelta(minutes=5)


@pytest.fixture(params=[Client, AsyncClient])
def client(request: pytest.FixtureRequest) -> Client | AsyncClient:
    client_class: type[Client] | type[AsyncClient] = request.param
    return client_class("sk_live_planted", public_key="pk_live_example")


def payload(token: HandshakeToken) -> dict[str, Any]:
    """Decodes the signed content of a token."""
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.token.split(".")[0] + "=="))
    return content


def test_token_names_brand_customer_and_time(client: Client | AsyncClient) -> None:
    """Rules: T1, T5"""
    before = datetime.now(timezone.utc)
    token = client.create_handshake_token(customer_id="cus_1")

    created_at = token.expires_at - LIFETIME
    assert before - timedelta(milliseconds=1) <= created_at <= datetime.now(timezone.utc)
    assert token.expires_at.tzinfo == timezone.utc
    content = payload(token)
    assert content.pop("nonce") != payload(client.create_handshake_token(customer_id="cus_1"))["nonce"]
    assert content == {
        "brandPub": "pk_live_example",
        "subscriberId": "cus_1",
        "timestamp": created_at.timestamp() * 1000,
    }


def test_token_has_value_semantics_and_hides_its_text(client: Client | AsyncClient) -> None:
    """Rules: T5, X2"""
    token = client.create_handshake_token(customer_id="cus_1")

    assert json.dumps(token.to_dict()) == f'{{"token": "{token.token}"}}'
    for other in (copy.copy(token), copy.deepcopy(token), pickle.loads(pickle.dumps(token))):
        assert type(other) is HandshakeToken and other == token and hash(other) == hash(token)
    assert token == HandshakeToken(token.token, token.expires_at)
    assert token != HandshakeToken(token.token, token.expires_at + LIFETIME) and token != token.token
    assert f"{token}" == repr(token) == f"HandshakeToken(token='…', expires_at={token.expires_at!r})"
    assert not hasattr(token, "__dict__"), "debuggers show the attributes of an instance"
    with pytest.raises(AttributeError):
        token.token = "another"  # type: ignore[misc]


def test_constructor_rejects_time_without_zone() -> None:
    with pytest.raises(TypeError, match="expires_at"):
        HandshakeToken("eyJ.mocked", datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        ({}, "customer_id", "customer_id is not set"),
        ({"customer_id": None}, "customer_id", "customer_id is not set"),
        ({"customer_id": 42}, "customer_id", "customer_id must be a str, not the type int"),
        ({"customer_id": ""}, "customer_id", "customer_id is empty"),
        ({"customerId": "cus_1"}, "customerId", "did you mean customer_id?"),
        ({"customer_email": "a@b"}, "customer_email", "customer_email is not a parameter of a handshake token"),
        ({"customer_id": "cus_1", "timeout": 3}, "timeout", 'a handshake token has no parameter "timeout"'),
    ],
)
def test_invalid_parameter_raises_error_with_field(
    client: Client | AsyncClient, arguments: dict[str, Any], field: str, message: str
) -> None:
    """Rules: T2, V2, V7"""
    with pytest.raises(ValidationError) as raised:
        client.create_handshake_token(**arguments)
    assert raised.value.field == field and message in str(raised.value)


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
def test_missing_public_key_is_error_of_token(
    client_class: type[Client] | type[AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules: S21, T3"""
    monkeypatch.delenv("RENUMERATE_PUBLIC_KEY", raising=False)
    client = client_class("sk_live_planted")
    with pytest.raises(ConfigurationError) as raised:
        client.create_handshake_token(customer_id="cus_1")
    assert raised.value.field == "public_key"


def test_closed_client_creates_no_token(client: Client | AsyncClient) -> None:
    """Rules: E13"""
    if isinstance(client, Client):
        client.close()
    else:
        asyncio.run(client.close())
    with pytest.raises(ClosedError):
        client.create_handshake_token(customer_id="cus_1")
