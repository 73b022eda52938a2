"""Runs the examples and the README code against a sandbox, as programs and servers."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import readme
from django.core import signing
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import TimestampSigner
from programs import environment
from web_server import Response, Server, running_server

from renumerate_sdk.testing import Sandbox

PACKAGE = Path(__file__).parents[1]
EXAMPLES = PACKAGE / "examples"
SECRET = "signs the cookies of the tests"
TIMEOUT = 60.0
"""Maximum seconds per program."""


def variables(sandbox: Sandbox) -> dict[str, str]:
    """Returns the environment of a program: the sandbox, and the cookie secrets of the web apps."""
    return environment(sandbox, SESSION_SECRET=SECRET, FLASK_SECRET_KEY=SECRET)


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


QUICKSTARTS = pytest.mark.parametrize("program", ["quickstart.py", "quickstart_async.py"])


@QUICKSTARTS
@pytest.mark.parametrize("arguments", [[], ["cus_1"]])
def test_quickstart_prints_session_id(program: str, arguments: list[str], sandbox: Sandbox) -> None:
    result = run(program, *arguments, env=variables(sandbox))

    assert (result.returncode, result.stderr) == (0, "")
    assert sandbox.session(result.stdout.strip())["customer_id"] == (arguments or ["cus_NffrFeUfNV2Hib"])[0]


@QUICKSTARTS
def test_quickstart_reports_errors_without_keys(program: str, sandbox: Sandbox) -> None:
    env = variables(sandbox)
    other_key = "sk_sandbox_another"

    missing = run(program, "cus_not_found", env=env)
    rejected = run(program, env={**env, "RENUMERATE_PRIVATE_KEY": other_key})

    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "there is no customer cus_not_found\n"
    assert (rejected.returncode, rejected.stdout) == (1, "")
    # The asyncio program imports `logging`, so the record of the call is printed before the program's own line.
    assert rejected.stderr.splitlines()[-1].startswith("authentication: ")
    for output in (missing.stderr, rejected.stderr):
        assert sandbox.private_key not in output and other_key not in output


def test_example_tests_pass() -> None:
    env = {**os.environ, "SESSION_SECRET": SECRET}
    result = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_fastapi_app.py", "test_flask_app.py", env=env)

    assert result.returncode == 0, result.stdout + result.stderr
    assert "7 passed" in result.stdout


def fastapi_cookie(customer_id: str) -> str:
    signed = TimestampSigner(SECRET).sign(base64.b64encode(json.dumps({"customer_id": customer_id}).encode()))
    return f"session={signed.decode()}"


def flask_cookie(customer_id: str) -> str:
    app = Flask("sign_in")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"session={signer.dumps({'customer_id': customer_id})}"


def django_cookie(customer_id: str) -> str:
    salt = "django.contrib.sessions.backends.signed_cookies"
    signer = signing.TimestampSigner(key=SECRET, salt=salt, fallback_keys=[])
    return f"sessionid={signer.sign_object({'customer_id': customer_id}, compress=True)}"


class Backend(NamedTuple):
    """The server command of an example, and the function that creates a signed-in cookie."""

    command: tuple[str, ...]
    cookie: Callable[[str], str]


BACKENDS = {
    "fastapi": Backend(("-m", "uvicorn", "--port", "0", "fastapi_app:app"), fastapi_cookie),
    "flask": Backend(("-m", "flask", "--app", "flask_app", "run", "--port", "0"), flask_cookie),
    "flask under gunicorn": Backend(
        ("-m", "gunicorn", "--preload", "--workers", "2", "--threads", "2", "--bind", "127.0.0.1:0", "flask_app:app"),
        flask_cookie,
    ),
    "django": Backend(("django_app.py", "runserver", "--noreload", "127.0.0.1:0"), django_cookie),
}


class Page:
    """A customer's browser. Asserts that no response contains the private key."""

    def __init__(self, backend: Backend, server: Server, private_key: str) -> None:
        self._backend, self.server, self._private_key = backend, server, private_key

    def cancel(self, customer_id: str | None) -> Response:
        """Clicks "cancel" as this customer, or signed out. The body requests another customer's session."""
        csrf = "c" * 32
        cookies = [f"csrftoken={csrf}"] + ([] if customer_id is None else [self._backend.cookie(customer_id)])
        headers = {"Cookie": "; ".join(cookies), "X-CSRFToken": csrf}
        return self._checked(self.server.post("/cancel-session", headers, '{"customer_id": "cus_other"}'))

    def token(self, customer_id: str | None) -> Response:
        """Requests a handshake token as this customer, or signed out. The query requests another customer's token."""
        headers = {} if customer_id is None else {"Cookie": self._backend.cookie(customer_id)}
        return self._checked(self.server.get("/api/renumerate-token?customer_id=cus_other", headers))

    def _checked(self, response: Response) -> Response:
        assert self._private_key not in f"{response}"
        return response


@pytest.fixture(params=BACKENDS)
def page(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Page]:
    backend = BACKENDS[request.param]
    with running_server([sys.executable, *backend.command], EXAMPLES, variables(sandbox)) as server:
        yield Page(backend, server, sandbox.private_key)
    assert sandbox.private_key not in server.output
    assert "Traceback" not in server.output


def test_backend_creates_session_for_signed_in_customer(page: Page, sandbox: Sandbox) -> None:
    assert page.cancel(None).status == 401
    assert sandbox.requests() == []

    response = page.cancel("cus_1")

    assert (response.status, response.headers["cache-control"]) == (200, "no-store")
    members = json.loads(response.body)
    assert members.keys() == {"id", "url"}
    assert sandbox.session(members["id"])["customer_id"] == "cus_1"
    assert [(request.path, request.json()) for request in sandbox.requests()] == [
        ("/v1/retention/session", {"retention": {"customer_id": "cus_1"}})
    ]
    page.server.stop()
    assert members["id"] not in page.server.output


def test_backend_maps_errors_to_statuses(page: Page) -> None:
    expected = {
        "cus_not_found": (404, "not_found", None),
        "cus_rate_limited": (503, "rate_limited", "1"),
        "cus_html_200": (502, "unexpected_response", None),
    }
    for customer_id, (status, code, retry_after) in expected.items():
        response = page.cancel(customer_id)
        assert (response.status, response.headers.get("retry-after")) == (status, retry_after), customer_id
        assert json.loads(response.body) == {"error": code}
    page.server.stop()
    for _, code, _ in expected.values():
        assert re.search(rf"/cancel-session failed: {code}: \S+ \(RENUMERATE_BASE_URL\) ", page.server.output)


def test_backend_creates_token_for_signed_in_customer(page: Page, sandbox: Sandbox) -> None:
    assert page.token(None).status == 401

    response, rejected = page.token("cus_1"), page.token("cus_ 1")

    assert (response.status, response.headers["cache-control"]) == (200, "no-store")
    members = json.loads(response.body)
    assert members.keys() == {"token"}
    content = json.loads(base64.urlsafe_b64decode(members["token"].split(".")[0] + "=="))
    assert (content["brandPub"], content["subscriberId"]) == (sandbox.public_key, "cus_1")
    assert (rejected.status, json.loads(rejected.body)) == (502, {"error": "validation"})
    assert sandbox.requests() == []
    page.server.stop()
    assert "/api/renumerate-token failed: validation: customer_id " in page.server.output
    assert members["token"] not in page.server.output


BLOCKS = [block for folder in (PACKAGE, PACKAGE.parents[1]) for block in readme.blocks(folder / "README.md", "python")]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_readme_blocks_run(block: readme.Block, sandbox: Sandbox, tmp_path: Path) -> None:
    result = readme.run_python(block, tmp_path, variables(sandbox))

    assert result.returncode == 0, result.stdout
    assert sandbox.private_key not in result.stdout
