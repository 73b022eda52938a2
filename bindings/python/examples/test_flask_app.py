"""Tests of `flask_app.py` against the sandbox. The package provides the fixture ``renumerate_sandbox``.

pip install flask pytest
pytest test_flask_app.py
"""

import flask_app
import pytest
from flask.testing import FlaskClient

from renumerate_sdk.testing import Sandbox


@pytest.fixture
def page(renumerate_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Page of an authenticated customer. The app sends its calls to the sandbox."""
    monkeypatch.setattr(flask_app, "renumerate", renumerate_sandbox.client(timeout=10))
    monkeypatch.setattr(flask_app, "signed_in_customer", lambda: "cus_1")
    return flask_app.app.test_client()


def test_page_gets_session_of_signed_in_customer(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    response = page.post("/cancel-session", json={"customer_id": "cus_other"})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert renumerate_sandbox.session(response.get_json()["id"])["customer_id"] == "cus_1"

    [request] = renumerate_sandbox.requests()
    assert request.path == "/v1/retention/session"
    assert request.json() == {"retention": {"customer_id": "cus_1"}}


def test_page_gets_session_after_network_failure(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    renumerate_sandbox.script("cus_1", {"fault": "reset_before_status"}, {"mint": True})

    assert page.post("/cancel-session").status_code == 200
    assert len(renumerate_sandbox.requests()) == 2


def test_page_gets_wait_from_service(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    renumerate_sandbox.script("cus_1", {"status": 503, "headers": {"retry-after": "120"}})

    response = page.post("/cancel-session")

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "120"
    assert len(renumerate_sandbox.requests()) == 1  # 120 seconds exceed the total timeout, so there is no retry
