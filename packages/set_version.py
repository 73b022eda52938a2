"""Sets the version in all files, and moves the unreleased changelog entries below it: `set_version.py 1.2.3`."""

from __future__ import annotations

import datetime
import re
import sys

import changelog
import versions

NUMBER = r"(0|[1-9]\d*)"


def parse(version: str) -> tuple[int, ...]:
    match = re.fullmatch(rf"{NUMBER}\.{NUMBER}\.{NUMBER}", version)
    if match is None:
        raise SystemExit(f"invalid version: {version}. Use MAJOR.MINOR.PATCH, because all registries accept this form")
    return tuple(int(number) for number in match.groups())


def main(version: str) -> None:
    current = versions.workspace_version()
    if parse(version) < parse(current):
        raise SystemExit(f"{version} is lower than the current version: {current}")
    text = changelog.FILE.read_text("utf-8")
    # A released version can be set again, which only corrects files that differ.
    if version != current or not changelog.released_versions(text):
        text = changelog.add_release(text, version, datetime.datetime.now(datetime.UTC).date())
    for path in versions.set_version(version):
        print(path)
    changelog.FILE.write_text(text, "utf-8")
    print(f"The version is {version}. Check {changelog.FILE.name}, commit, and push the tag v{version}.")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
