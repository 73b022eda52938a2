"""Tests of the backend `flask_app.py` against the sandbox. The package provides the fixture ``renumerate_sandbox``.

pip install flask pytest
pytest test_cancel_session.py
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


def test_the_page_gets_a_session_of_its_customer(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    answer = page.post("/cancel-session", json={"customer_id": "cus_of_somebody_else"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert renumerate_sandbox.session(answer.get_json()["id"])["customer_id"] == "cus_1"

    [request] = renumerate_sandbox.requests()
    assert request.path == "/v1/retention/session"
    assert request.json() == {"retention": {"customer_id": "cus_1"}}


def test_a_failure_that_passes_is_not_seen(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    renumerate_sandbox.script("cus_1", {"fault": "reset_before_status"}, {"mint": True})

    assert page.post("/cancel-session").status_code == 200
    assert len(renumerate_sandbox.requests()) == 2


def test_the_page_learns_when_to_ask_again(page: FlaskClient, renumerate_sandbox: Sandbox) -> None:
    renumerate_sandbox.script("cus_1", {"status": 503, "headers": {"retry-after": "120"}})

    answer = page.post("/cancel-session")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "120"
    assert len(renumerate_sandbox.requests()) == 1  # 120 seconds exceed the total timeout, so there is no retry
