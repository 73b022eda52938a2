"""Mocks of clients, as applications use them in their tests."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from unittest import mock

import pytest

from renumerate_sdk import AsyncClient, Client, HandshakeToken, RetentionSession

METHODS = ["create_retention_session", "create_subscription_session"]
SESSION = RetentionSession("ret_mocked")
TOKEN = HandshakeToken("eyJ.mocked", datetime.now(timezone.utc))


@pytest.mark.parametrize("autospec", [None, True])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("of_class", [False, True])
def test_method_of_client_can_be_patched(method: str, autospec: bool | None, of_class: bool) -> None:
    client = Client("sk_x")
    target = Client if of_class else client
    with mock.patch.object(target, method, autospec=autospec, return_value=SESSION) as patched:
        assert getattr(client, method)(customer_id="cus_1") is SESSION
    assert patched.call_args.kwargs == {"customer_id": "cus_1"}
    assert not isinstance(getattr(client, method), mock.NonCallableMock)


@pytest.mark.parametrize("autospec", [None, True])
@pytest.mark.parametrize("method", METHODS)
def test_method_of_async_client_can_be_patched(method: str, autospec: bool | None) -> None:
    client = AsyncClient("sk_x")
    with mock.patch.object(client, method, autospec=autospec, return_value=SESSION) as patched:
        assert asyncio.run(getattr(client, method)(customer_id="cus_1")) is SESSION
    patched.assert_awaited_once_with(customer_id="cus_1")


@pytest.mark.parametrize("client_class", [Client, AsyncClient])
def test_creation_of_token_can_be_mocked(client_class: type[Client] | type[AsyncClient]) -> None:
    client = mock.create_autospec(client_class, instance=True)
    client.create_handshake_token.return_value = TOKEN
    assert client.create_handshake_token(customer_id="cus_1") is TOKEN
    for arguments in ({}, {"customer_id": "cus_1", "timeout": 3}):
        with pytest.raises(TypeError):
            client.create_handshake_token(**arguments)


def test_autospec_accepts_documented_arguments_only() -> None:
    client = mock.create_autospec(Client, instance=True)
    client.create_retention_session(customer_id="cus_1", subscription_id="sub_1", timeout=3)
    with pytest.raises(TypeError, match="customerId"):
        client.create_retention_session(customerId="cus_1")
    with pytest.raises(TypeError, match="timout"):
        mock.create_autospec(Client)("sk_x", timout=3)
