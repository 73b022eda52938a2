"""The test kit: starts, scripts, inspects and stops a sandbox."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY
from polling import wait_for
from programs import environment, run

from renumerate_sdk import NetworkError, ServerError, _sandbox_process
from renumerate_sdk.testing import Sandbox


def test_scripts_run_in_order_per_customer(sandbox: Sandbox) -> None:
    sandbox.script("cus_a.b", {"status": 500, "body": {"error": "script error"}}, {"mint": True})
    sandbox.script("cus_a-b", {"fault": "reset_before_status"})
    with sandbox.client(max_retries=0) as client:
        for _ in range(2):
            with pytest.raises(ServerError, match="script error"):
                client.create_retention_session(customer_id="cus_a.b")
            assert client.create_retention_session(customer_id="cus_a.b").id
            with pytest.raises(NetworkError):
                client.create_retention_session(customer_id="cus_a-b")


def test_requests_and_sessions_can_be_inspected(sandbox: Sandbox) -> None:
    sandbox.script("cus_busy", {"status": 429, "headers": {"retry-after": 0}}, {"mint": True})
    with sandbox.client() as client:
        session = client.create_retention_session(customer_id="cus_busy", subscription_id="sub_1")
    first, second = sandbox.requests()
    assert (first.status, second.status, first.method, first.path) == (429, 200, "POST", "/v1/retention/session")
    assert first.json() == {"retention": {"customer_id": "cus_busy", "subscription_id": "sub_1"}}
    assert first.headers["content-type"] == "application/json" and "x-brand-key" not in first.headers
    assert sandbox.session(session.id)["customer_id"] == "cus_busy"
    with pytest.raises(LookupError):
        sandbox.session("ret_another")
    assert sandbox.requests(key="another") == []
    sandbox.reset()
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        ([{"fault": "sulk"}], "script for cus_9: response 1: fault: unknown variant"),
        ([{"status": 99}], "script for cus_9: status 99 is invalid; use 200 to 999"),
        ([{"delay_ms": -1}], "script for cus_9: response 1: delay_ms: -1 is invalid"),
        ([{"headers": 5}], "script for cus_9: response 1: headers: invalid type: integer `5`, expected a map"),
        ([500], "script for cus_9: response 1: invalid type: integer `500`, expected a JSON object"),
        ([], r'script\("cus_9"\) needs at least one response'),
    ],
)
def test_invalid_script_is_rejected_with_customer_and_field(
    sandbox: Sandbox, responses: list[Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sandbox.script("cus_9", *responses)


def test_clients_sign_tokens_with_keys_of_sandbox(sandbox: Sandbox) -> None:
    for client in (sandbox.client(), sandbox.async_client()):
        content = client.create_handshake_token(customer_id="cus_1").token.split(".")[0]
        assert json.loads(base64.urlsafe_b64decode(content + "=="))["brandPub"] == sandbox.public_key


def test_token_is_exchanged_for_session_whose_repr_is_masked(sandbox: Sandbox) -> None:
    token = sandbox.client().create_handshake_token(customer_id="cus_1").token
    session = sandbox.exchange(token)
    assert sandbox.session(session.id) == sandbox.session(session.id) | {"kind": "handshake", "customer_id": "cus_1"}
    assert timedelta(minutes=59) < session.expires_at - datetime.now(timezone.utc) < timedelta(minutes=61)
    assert repr(session) == f"{session}" == f"ExchangedSession(id='r10_…', expires_at={session.expires_at!r})"
    [request] = sandbox.requests()
    assert (request.path, request.status) == ("/v1/session/exchange", 200) and token not in str(request)


@pytest.mark.parametrize(
    ("customer_id", "message"),
    [
        ("cus_not_found", "Customer not found (status 404)"),
        ("cus_html", "the response contains no session (status 502)"),
        ("cus_redirect", "the response contains no session (status 302)"),
        ("cus_bad_json", "the response contains no session (status 200)"),
    ],
)
def test_failed_exchange_states_message_and_status(sandbox: Sandbox, customer_id: str, message: str) -> None:
    token = sandbox.client().create_handshake_token(customer_id=customer_id).token
    with pytest.raises(ValueError) as raised:
        sandbox.exchange(token)
    assert str(raised.value) == f"could not exchange the token: {message}"


def test_exchange_requires_the_text_of_a_token(sandbox: Sandbox) -> None:
    token: Any = sandbox.client().create_handshake_token(customer_id="cus_1")
    with pytest.raises(TypeError, match=r"^token must be a str, such as the attribute token of a HandshakeToken$"):
        sandbox.exchange(token)


def test_rejected_token_is_reported_with_note_and_without_token(sandbox: Sandbox) -> None:
    token = sandbox.client(private_key="sk_sandbox_planted2").create_handshake_token(customer_id="cus_1").token
    with pytest.raises(ValueError) as raised:
        sandbox.exchange(token)
    text = str(raised.value)
    assert text.startswith("could not exchange the token: Invalid signature (status 401); another key has signed")
    assert "\n" not in text and not any(part in text for part in token.split("."))


@pytest.mark.parametrize("customer_id", ["cus_reset", "cus_truncated"])
def test_exchange_without_response_is_connection_error(sandbox: Sandbox, customer_id: str) -> None:
    token = sandbox.client().create_handshake_token(customer_id=customer_id).token
    with pytest.raises(ConnectionError, match=r"^could not exchange the token: "):
        sandbox.exchange(token)


def test_customer_has_subscriptions(sandbox: Sandbox, tmp_path: Path) -> None:
    customer = sandbox.customer("cus_1")
    subscription = customer.subscriptions[0]
    assert customer.id == "cus_1" and customer.name and subscription.id.startswith("sub_")
    assert (subscription.status, subscription.ends_on, subscription.discount) == ("active", None, None)
    assert subscription.next_bill is not None and subscription.next_bill >= datetime.now(timezone.utc).date()
    assert subscription.plan.amount > 0 and subscription.plan.interval in ("month", "year")

    seed = tmp_path / "seed.json"
    listed = {"id": "cus_2", "email": "a/b@c.d", "subscriptions": [{"id": "sub_2", "status": "cancelled"}]}
    seed.write_text(json.dumps({"customers": [listed]}))
    with Sandbox(seed=seed) as seeded:
        [cancelled] = seeded.customer("a/b@c.d").subscriptions
        assert (cancelled.id, cancelled.status, cancelled.next_bill) == ("sub_2", "cancelled", None)
        assert cancelled.ends_on is not None
        with pytest.raises(LookupError, match="the seed of this sandbox has no such customer"):
            seeded.customer("cus_1")


def test_sandbox_that_is_not_running_raises() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="is not running"):
            sandbox.client()
        assert repr(sandbox) == "<Sandbox, not running>"
        with sandbox:
            assert repr(sandbox) == f"<Sandbox {sandbox.url}>"


def _write_program(path: Path, text: str, mode: int = 0o755) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


_INSTALL = "run \"pip install 'renumerate-sdk[testing]'\", or set the parameter command to its path"


def test_startup_failure_reports_cause_and_remedy(tmp_path: Path) -> None:
    """Rules: M4"""
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError) as raised:
        Sandbox(command=missing).start()
    assert str(raised.value) == f"could not start the sandbox: the command {missing} does not exist; {_INSTALL}"

    rejected = _write_program(tmp_path / "rejected", "#!/bin/sh\n", 0o644)
    with pytest.raises(PermissionError) as refused:
        Sandbox(command=rejected).start()
    assert str(refused.value) == (
        f"could not start the sandbox: the command {rejected} cannot be executed: Permission denied; "
        f'run "chmod +x {rejected}", or move it to a folder that is not mounted noexec'
    )

    failing = _write_program(tmp_path / "failing", "#!/bin/sh\necho no threads left >&2\n")
    with pytest.raises(RuntimeError, match=r"^could not start the sandbox: no threads left$"):
        Sandbox(command=failing).start()
    with pytest.raises(RuntimeError, match=r"^could not start the sandbox: .*No such file"):
        Sandbox(cases=missing).start()


def test_missing_command_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rules: M4"""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"the command renumerate does not exist; run \"pip install"):
        Sandbox().start()


@pytest.mark.parametrize("program", ['echo "$@"', "echo 5", "echo '{}'", "true"])
def test_other_command_is_reported_without_its_output(tmp_path: Path, program: str) -> None:
    """The first program prints its arguments, among which is the private key."""
    path = _write_program(tmp_path / "other", f"#!/bin/sh\n{program}\n")
    with pytest.raises(RuntimeError) as raised:
        Sandbox(command=path, private_key=KEY).start()
    problem = f"the command {path} did not print the URL of a sandbox; check that it is the renumerate command"
    assert str(raised.value) == f"could not start the sandbox: {problem}"
    assert KEY not in str(raised.value)


def test_command_that_prints_nothing_is_killed_after_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sandbox_process, "START_TIMEOUT", 0.2)
    command = tmp_path / "silent"
    command.write_text("#!/bin/sh\nexec sleep 600\n")
    command.chmod(0o755)
    with pytest.raises(RuntimeError, match=str(command)):
        Sandbox(command=command).start()


def test_sandbox_process_exits_with_its_parent(sandbox: Sandbox) -> None:
    out = run(
        """
    import os
    from renumerate_sdk.testing import Sandbox
    sandbox = Sandbox().start()
    print(sandbox._process.pid, flush=True)
    os._exit(0)
    """,
        environment(sandbox),
    )
    wait_for(lambda: not _is_running(int(out)))


def _is_running(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rsplit(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("options", [[], ["--allow-hosts", "127.0.0.1"]], ids=["default", "pytest-socket"])
def test_pytest_fixture_is_available_without_import(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_mine.py").write_text(
        "def test_mine(renumerate_sandbox):\n"
        "    with renumerate_sandbox.client() as client:\n"
        "        assert client.create_retention_session(customer_id='cus_1').id\n"
        "    assert len(renumerate_sandbox.requests()) == 1\n"
    )
    result = subprocess.run(
        ["pytest", "-q", "-p", "no:cacheprovider", *options, "."], cwd=tmp_path, capture_output=True, text=True
    )
    assert "1 passed" in result.stdout, result.stdout + result.stderr
