#!/usr/bin/env python3
"""Prints a field of a target in `targets.json`: `target.py TARGET FIELD`. A dot separates nested fields.

`target.py --all FIELD` prints the name of each target that has the field, and the field.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGETS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "targets.json").read_text("utf-8"))


def value(target: str, path: str) -> str:
    found: object = TARGETS[target]
    for field in path.split("."):
        found = found.get(field, "") if isinstance(found, dict) else ""
    return " ".join(found) if isinstance(found, list) else str(found)


def main(target: str, path: str) -> None:
    if target == "--all":
        print("".join(f"{name} {value(name, path)}\n" for name in TARGETS if value(name, path)), end="")
    elif target in TARGETS:
        print(value(target, path))
    else:
        raise SystemExit(f"unknown target: {target}. Known targets: {', '.join(TARGETS)}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
