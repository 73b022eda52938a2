"""Type checks: the stubs match the native module, and strict checks pass."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1]


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=300)


def run(*arguments: str) -> None:
    result = check(*arguments)
    assert result.returncode == 0, result.stdout + result.stderr


def test_stubs_match_native_module() -> None:
    run("mypy.stubtest", "renumerate_sdk", "--mypy-config-file", "pyproject.toml")


def test_mypy_accepts_package_examples_and_tests() -> None:
    run("mypy", "--strict", "--config-file", "pyproject.toml", "python", "examples", "tests")


def test_pyright_accepts_package_and_examples() -> None:
    run("pyright", "--project", "pyproject.toml")


MISTAKES = {
    "Client(timout=3)": 'Unexpected keyword argument "timout"|No parameter named "timout"',
    "AsyncClient(timout=3)": 'Unexpected keyword argument "timout"|No parameter named "timout"',
    "Client().create_retention_session(customerId='cus_1')": (
        'Unexpected keyword argument "customerId"|No parameter named "customerId"'
    ),
    "Client().create_subscription_session(subscription_id='sub_1')": (
        'Unexpected keyword argument "subscription_id"|No parameter named "subscription_id"'
    ),
    "Client().create_handshake_token()": (
        'Missing named argument "customer_id"|Argument missing for parameter "customer_id"'
    ),
    "Client().create_handshake_token(customer_id='cus_1', timeout=3)": (
        'Unexpected keyword argument "timeout"|No parameter named "timeout"'
    ),
    "Client().create_retention_session(customer_id=1)": 'incompatible type "int"|"Literal\\[1\\]" cannot be assigned',
}

SUBCLASS = """
class Logged(Client):
    def create_retention_session(
        self,
        *,
        customer_id: str | None = None,
        customer_email: str | None = None,
        subscription_id: str | None = None,
        timeout: float | timedelta | None = None,
        max_retries: int | None = None,
    ) -> RetentionSession:
        print(customer_id)
        return super().create_retention_session(customer_id=customer_id, timeout=timeout)

    def create_handshake_token(self, *, customer_id: str) -> HandshakeToken:
        return super().create_handshake_token(customer_id=customer_id)
"""


@pytest.mark.parametrize("checker", [["mypy", "--strict", "--no-incremental"], ["pyright"]], ids=lambda name: name[0])
def test_checker_reports_mistakes_and_accepts_subclass(tmp_path: Path, checker: list[str]) -> None:
    lines = [
        "from datetime import timedelta",
        "from renumerate_sdk import AsyncClient, Client, HandshakeToken, RetentionSession",
        *MISTAKES,
        *SUBCLASS.splitlines(),
    ]
    program = tmp_path / "program.py"
    program.write_text("\n".join(lines))
    output = check(*checker, str(program)).stdout
    errors = [line for line in output.splitlines() if re.search(r"program\.py:\d.* error: ", line)]
    assert len(errors) == len(MISTAKES), output
    for number, (code, error) in enumerate(MISTAKES.items(), lines.index(next(iter(MISTAKES))) + 1):
        [reported] = [line for line in errors if f"program.py:{number}:" in line]
        assert re.search(error, reported), f"{code}: {reported}"
