"""Pytest plugin, registered as an entry point of the package. It provides the fixture ``renumerate_sandbox``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from renumerate_sdk.testing import Sandbox


@pytest.fixture
def renumerate_sandbox() -> Iterator[Sandbox]:
    """Running sandbox, started anew for each test. Requires the package ``renumerate-sdk[testing]``."""
    from renumerate_sdk.testing import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
