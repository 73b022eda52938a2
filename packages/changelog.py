"""The changelog: `changelog.py VERSION` prints what it says of a version, as the text of its release."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "CHANGELOG.md"
UNRELEASED = "## Unreleased"
RELEASED = re.compile(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def section(text: str, head: str) -> str | None:
    """What stands below a head, up to the next one of its rank."""
    found = re.search(rf"^{re.escape(head)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else None


def versions(text: str) -> list[str]:
    """The released ones, the newest first, as they stand."""
    return RELEASED.findall(text)


def notes(text: str, version: str) -> str:
    head = re.search(rf"^## {re.escape(version)} - .*$", text, re.MULTILINE)
    said = section(text, head[0]) if head else None
    if not said:
        raise SystemExit(
            f"{FILE.name} says nothing of {version}: write it below `{UNRELEASED}`, and run ./justw version"
        )
    return said


def released(text: str, version: str, day: datetime.date) -> str:
    """The changelog with its news under the version's name, and room for others above it."""
    if version in versions(text):
        raise SystemExit(f"{FILE.name} has {version} already: a version is released once")
    if not section(text, UNRELEASED):
        raise SystemExit(f"{FILE.name} says nothing below `{UNRELEASED}`: write what users will notice")
    return text.replace(f"{UNRELEASED}\n", f"{UNRELEASED}\n\n## {version} - {day.isoformat()}\n", 1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: changelog.py VERSION")
    print(notes(FILE.read_text("utf-8"), sys.argv[1]))
