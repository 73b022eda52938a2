"""Fixtures of all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from renumerate_sdk.testing import Sandbox

KEY = "sk_sandbox_planted1"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with a canary key. No output may contain the key."""
    with Sandbox(private_key=KEY) as running:
        yield running
