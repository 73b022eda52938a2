"""What users download is no larger than its ceiling, and docs/sizes.md says how large it is."""

from __future__ import annotations

import re

import pytest
from sizes import TABLE, artefacts, ceilings

SIZES = dict(artefacts())


def test_each_has_a_ceiling_and_each_ceiling_is_of_something() -> None:
    assert SIZES.keys() == ceilings().keys()


@pytest.mark.parametrize("name", SIZES)
def test_it_is_no_larger(name: str) -> None:
    assert SIZES[name] <= ceilings()[name] * 1000


def test_the_docs_say_it() -> None:
    rows = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| (\d+) \|$", TABLE.read_text("utf-8"), re.MULTILINE)
    written = {name: (int(size.replace(",", "")) * 1000, int(most)) for name, size, most in rows}
    assert written.keys() == SIZES.keys()
    for name, (size, most) in written.items():
        # Compilers differ a little from machine to machine.
        assert abs(size - SIZES[name]) <= max(10_000, SIZES[name] * 0.03), f"{name}: run packages/sizes.py"
        assert most == ceilings()[name], name
