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
    assert listed.keys() == SIZES.keys()
    for name, (size, limit) in listed.items():
        # Sizes differ slightly between compilers.
        assert abs(size - SIZES[name]) <= max(10_000, SIZES[name] * 0.03), f"{name}: run packages/sizes.py"
        assert limit == ceilings()[name], name
