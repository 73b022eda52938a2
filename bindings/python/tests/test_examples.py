"""The examples and the README run for real: as programs and servers of their own, against a sandbox."""

from __future__ import annotations

import base64
import json
import os
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
from serving import Answer, Server, serving

from renumerate_sdk.testing import Sandbox

PACKAGE = Path(__file__).parents[1]
EXAMPLES = PACKAGE / "examples"
SECRET = "signs the cookies of the tests"
LIMIT = 60.0
"""Seconds that a program may take."""


def variables(sandbox: Sandbox) -> dict[str, str]:
    """What a program is told of the sandbox, and what the web apps sign their cookies with."""
    return environment(sandbox, SESSION_SECRET=SECRET, FLASK_SECRET_KEY=SECRET)


def run(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=EXAMPLES,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )


QUICKSTARTS = pytest.mark.parametrize("program", ["quickstart.py", "quickstart_async.py"])


@QUICKSTARTS
@pytest.mark.parametrize("arguments", [[], ["cus_1"]])
def test_a_quickstart_mints_a_session(program: str, arguments: list[str], sandbox: Sandbox) -> None:
    done = run(program, *arguments, env=variables(sandbox))

    assert (done.returncode, done.stderr) == (0, "")
    assert sandbox.session(done.stdout.strip())["customer_id"] == (arguments or ["cus_NffrFeUfNV2Hib"])[0]


@QUICKSTARTS
def test_a_quickstart_says_what_went_wrong(program: str, sandbox: Sandbox) -> None:
    env = variables(sandbox)
    other_key = "sk_sandbox_another"

    missing = run(program, "cus_not_found", env=env)
    refused = run(program, env={**env, "RENUMERATE_PRIVATE_KEY": other_key})

    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "there is no customer cus_not_found\n"
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("authentication: ")
    for shown in (missing.stderr, refused.stderr):
        assert sandbox.private_key not in shown and other_key not in shown


def test_the_example_of_tests_passes() -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_cancel_session.py", env=dict(os.environ))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def fastapi_cookie(customer_id: str) -> str:
    signed = TimestampSigner(SECRET).sign(base64.b64encode(json.dumps({"customer_id": customer_id}).encode()))
    return f"session={signed.decode()}"


def flask_cookie(customer_id: str) -> str:
    app = Flask("signs_in")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return f"session={signer.dumps({'customer_id': customer_id})}"


def django_cookie(customer_id: str) -> str:
    salt = "django.contrib.sessions.backends.signed_cookies"
    signer = signing.TimestampSigner(key=SECRET, salt=salt, fallback_keys=[])
    return f"sessionid={signer.sign_object({'customer_id': customer_id}, compress=True)}"


class Backend(NamedTuple):
    """How an example is served, and how its customers are signed in."""

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
    """What a customer's browser can do. It sees to it that no answer and no log has the private key."""

    def __init__(self, backend: Backend, server: Server, private_key: str) -> None:
        self._backend, self.server, self._private_key = backend, server, private_key

    def cancel(self, customer_id: str | None) -> Answer:
        """Clicks "cancel", signed in or not. The body asks for somebody else's session."""
        csrf = "c" * 32
        cookies = [f"csrftoken={csrf}"] + ([] if customer_id is None else [self._backend.cookie(customer_id)])
        headers = {"Cookie": "; ".join(cookies), "X-CSRFToken": csrf}
        answer = self.server.post("/cancel-session", headers, '{"customer_id": "cus_of_somebody_else"}')
        assert self._private_key not in f"{answer}"
        return answer


@pytest.fixture(params=BACKENDS)
def page(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Page]:
    backend = BACKENDS[request.param]
    with serving([sys.executable, *backend.command], EXAMPLES, variables(sandbox)) as server:
        yield Page(backend, server, sandbox.private_key)
    assert sandbox.private_key not in server.output
    assert "Traceback" not in server.output


def test_a_backend_mints_for_the_customer_who_is_signed_in(page: Page, sandbox: Sandbox) -> None:
    assert page.cancel(None).status == 401
    assert sandbox.requests() == []

    answer = page.cancel("cus_1")

    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    members = json.loads(answer.body)
    assert members.keys() == {"id", "url"}
    assert sandbox.session(members["id"])["customer_id"] == "cus_1"
    assert [(request.path, request.json()) for request in sandbox.requests()] == [
        ("/v1/retention/session", {"retention": {"customer_id": "cus_1"}})
    ]
    page.server.stop()
    assert members["id"] not in page.server.output


def test_a_backend_tells_failures_apart(page: Page) -> None:
    expected = {
        "cus_not_found": (404, "not_found", None),
        "cus_rate_limited": (503, "rate_limited", "1"),
        "cus_html_200": (502, "unexpected_response", None),
    }
    for customer_id, (status, code, retry_after) in expected.items():
        answer = page.cancel(customer_id)
        assert (answer.status, answer.headers.get("retry-after")) == (status, retry_after), customer_id
        assert json.loads(answer.body) == {"error": code}
    page.server.stop()
    assert "no session was minted: the service answered 429" in page.server.output


BLOCKS = [block for folder in (PACKAGE, PACKAGE.parents[1]) for block in readme.blocks(folder / "README.md", "python")]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_the_readmes_run(block: readme.Block, sandbox: Sandbox, tmp_path: Path) -> None:
    done = readme.run_python(block, tmp_path, variables(sandbox))

    assert done.returncode == 0, done.stdout
    assert sandbox.private_key not in done.stdout
