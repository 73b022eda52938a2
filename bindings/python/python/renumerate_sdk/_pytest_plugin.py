"""The fixture ``renumerate_sandbox``, which pytest finds by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from renumerate_sdk.testing import Sandbox


@pytest.fixture
def renumerate_sandbox() -> Iterator[Sandbox]:
    """A running sandbox, new for each test. It takes the command of ``renumerate-sdk[testing]``."""
    from renumerate_sdk.testing import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
