#!/usr/bin/env python3
"""Says what `targets.json` has of a target: `target.py TARGET FIELD`, with a dot where a field is within another; or of
each that has the field, beside its name: `target.py --all FIELD`."""

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
        raise SystemExit(f"no such target: {target}. There are {', '.join(TARGETS)}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
