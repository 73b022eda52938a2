"""CONTRIBUTING.md lists each command of the justfile once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECIPES = set(re.findall(r"^([a-z][a-z-]*)\b[^:=\n]*:(?!=)", (ROOT / "justfile").read_text("utf-8"), re.MULTILINE))
LISTED = re.findall(r"^\| `\./justw ?([a-z-]*)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
# Recipes that are listed as part of another command.
PARTS = {"default", "checks", "deny", "lint", "bench-kotlin", "bench-node", "bench-python", "bench-rust", "bench-swift"}


def test_each_command_is_listed_once() -> None:
    assert [name for name, count in Counter(LISTED).items() if count > 1] == []
    assert set(LISTED) - {""} == RECIPES - PARTS
