"""Type checks: the stubs match the native module, and strict checks pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1]


def run(*arguments: str) -> None:
    result = subprocess.run([sys.executable, "-m", *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr


def test_stubs_match_native_module() -> None:
    run("mypy.stubtest", "renumerate_sdk", "--mypy-config-file", "pyproject.toml")


def test_mypy_accepts_package_examples_and_tests() -> None:
    run("mypy", "--strict", "--config-file", "pyproject.toml", "python", "examples", "tests")


def test_pyright_accepts_package_and_examples() -> None:
    run("pyright", "--project", "pyproject.toml")


def test_mypy_rejects_invalid_arguments(tmp_path: Path) -> None:
    mistakes = tmp_path / "mistakes.py"
    mistakes.write_text(
        "from renumerate_sdk import Client\n"
        "client = Client('sk_x', timout=3)\n"
        "client.create_retention_session(customerId='cus_1')\n"
        "client.create_subscription_session(customer_id='cus_1', subscription_id='sub_1')\n"
        "client.create_retention_session(customer_id=1)\n"
    )
    with pytest.raises(AssertionError, match="Found 4 errors"):
        run("mypy", "--strict", "--no-incremental", str(mistakes))
