"""Tests of `fastapi_app.py`: against the sandbox, and with a mocked client.

The package provides the fixture ``renumerate_sandbox``.

pip install fastapi itsdangerous httpx2 pytest
SESSION_SECRET=test pytest test_fastapi_app.py
"""

from collections.abc import Iterator
from datetime import datetime, timezone
from unittest import mock

import pytest
from fastapi.testclient import TestClient
from fastapi_app import app, renumerate_client, signed_in_customer

from renumerate_sdk import AsyncClient, HandshakeToken, RateLimitError, RetentionSession
from renumerate_sdk.testing import Sandbox


@pytest.fixture
def page() -> Iterator[TestClient]:
    """Page of an authenticated customer."""
    app.dependency_overrides[signed_in_customer] = lambda: "cus_1"
    yield TestClient(app)
    app.dependency_overrides.clear()


def test_page_gets_session_of_signed_in_customer(page: TestClient, renumerate_sandbox: Sandbox) -> None:
    app.dependency_overrides[renumerate_client] = lambda: renumerate_sandbox.async_client()

    response = page.post("/cancel-session", json={"customer_id": "cus_other"})

    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert renumerate_sandbox.session(response.json()["id"])["customer_id"] == "cus_1"


def test_page_gets_session_of_mocked_client(page: TestClient) -> None:
    client = mock.create_autospec(AsyncClient, instance=True)
    client.create_retention_session.return_value = RetentionSession("ret_1")
    app.dependency_overrides[renumerate_client] = lambda: client

    assert page.post("/cancel-session").json()["id"] == "ret_1"
    client.create_retention_session.assert_awaited_once_with(customer_id="cus_1")


def test_page_gets_token_of_mocked_client(page: TestClient) -> None:
    client = mock.create_autospec(AsyncClient, instance=True)
    client.create_handshake_token.return_value = HandshakeToken("eyJ.mocked", datetime.now(timezone.utc))
    app.dependency_overrides[renumerate_client] = lambda: client

    response = page.get("/api/renumerate-token")

    assert (response.json(), response.headers["Cache-Control"]) == ({"token": "eyJ.mocked"}, "no-store")
    client.create_handshake_token.assert_called_once_with(customer_id="cus_1")


def test_page_gets_error_of_mocked_client(page: TestClient) -> None:
    client = mock.create_autospec(AsyncClient, instance=True)
    client.create_retention_session.side_effect = RateLimitError("too many requests", retryable=True, retry_after=2)
    app.dependency_overrides[renumerate_client] = lambda: client

    response = page.post("/cancel-session")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
