"""Reads and edits CHANGELOG.md. `changelog.py 1.2.3` prints the entries of a version, as the text of its release."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path

FILE = Path(__file__).parents[1] / "CHANGELOG.md"
UNRELEASED = "## Unreleased"
RELEASE_HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", re.MULTILINE)


def section(text: str, heading: str) -> str | None:
    """Returns the text below a heading of level 2, up to the next one."""
    match = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return match[1].strip() if match else None


def released_versions(text: str) -> list[str]:
    """Returns the released versions in the order of the file, newest first."""
    return RELEASE_HEADING.findall(text)


def release_notes(text: str, version: str) -> str:
    heading = re.search(rf"^## {re.escape(version)} - .*$", text, re.MULTILINE)
    entries = section(text, heading[0]) if heading else None
    if not entries:
        raise SystemExit(
            f"{FILE.name} has no entries for {version}: write them below `{UNRELEASED}` and run ./justw version"
        )
    return entries


def add_release(text: str, version: str, date: datetime.date) -> str:
    """Returns the changelog with the unreleased entries below a heading for the version."""
    if version in released_versions(text):
        raise SystemExit(f"{FILE.name} already contains version {version}")
    if not section(text, UNRELEASED):
        raise SystemExit(f"{FILE.name} has no entries below `{UNRELEASED}`: describe the changes that users notice")
    return text.replace(f"{UNRELEASED}\n", f"{UNRELEASED}\n\n## {version} - {date.isoformat()}\n", 1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(release_notes(FILE.read_text("utf-8"), sys.argv[1]))
