"""Raises the version everywhere, and puts the changelog's news under its name: `version.py MAJOR.MINOR.PATCH`."""

from __future__ import annotations

import datetime
import re
import sys

import changelog
import versions


def parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or not re.fullmatch(r"(?:(?:0|[1-9]\d*)(?:\.(?!$)|$)){3}", arguments[0]):
        raise SystemExit(
            "usage: version.py MAJOR.MINOR.PATCH; every registry takes such a version, and none that says more"
        )
    version, before = arguments[0], versions.ruling()
    if parts(version) < parts(before):
        raise SystemExit(f"{version} is below {before}, which is the version now")
    text = changelog.FILE.read_text("utf-8")
    if version == before and changelog.versions(text):
        # What was forgotten in one place is set right; nothing is released twice.
        dated = text
    else:
        dated = changelog.released(text, version, datetime.datetime.now(datetime.UTC).date())
    changed = versions.state(version)
    changelog.FILE.write_text(dated, "utf-8")
    for path in sorted({each.path for each in changed}):
        print(path)
    print(f"this is {version} now; look at {changelog.FILE.name}, commit, and push the tag v{version}")


if __name__ == "__main__":
    main(sys.argv[1:])
