"""Sizes of the packages are within their limits and listed in docs/sizes.md."""

from __future__ import annotations

import re

import pytest
from sizes import TABLE, artefacts, ceilings

SIZES = dict(artefacts())


def test_each_package_has_a_limit() -> None:
    assert SIZES.keys() == ceilings().keys()


@pytest.mark.parametrize("name", SIZES)
def test_size_is_within_the_limit(name: str) -> None:
    assert SIZES[name] <= ceilings()[name] * 1000


def test_docs_list_each_size_and_limit() -> None:
    rows = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| (\d+) \|$", TABLE.read_text("utf-8"), re.MULTILINE)
    listed = {name: (int(size.replace(",", "")) * 1000, int(limit)) for name, size, limit in rows}
    assert {name: limit for name, (_, limit) in listed.items()} == ceilings()
    # The table is a guide for readers. The limits are what guards the sizes, which differ between compilers.
    outdated = [
        f"{name}: {size}" for name, size in SIZES.items() if abs(listed[name][0] - size) > max(20_000, size * 0.1)
    ]
    assert not outdated, f"run packages/sizes.py: {outdated}"
