"""The cases that every language plays, and their expectations altered."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

Case = dict[str, Any]

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"


def cases() -> list[Case]:
    """Every case, in the order of the files."""
    return [case for file in sorted(FOLDER.glob("*.json")) for case in json.loads(file.read_text())["cases"]]


def altered() -> list[tuple[str, Case]]:
    """What was altered, and the case that no client can fulfil. `tests/run` has them written by the sandbox's crate."""
    text = Path(os.environ["ALTERED_CASES"]).read_text()
    return [(alteration["what"], alteration["case"]) for alteration in json.loads(text)]
