"""Whether a tag may be released: `check_tag.py TAG`; with none, whether the tree is fit for one. Prints the version."""

from __future__ import annotations

import sys

import changelog
import versions


def main(arguments: list[str]) -> None:
    version = versions.ruling()
    found = [*versions.complaints(), *versions.overlooked()]
    if found:
        raise SystemExit("\n".join(found))
    for tag in arguments:
        if tag != f"v{version}":
            raise SystemExit(f"the tag is {tag}, and Cargo.toml says {version}: tag the commit of ./justw version")
        changelog.notes(changelog.FILE.read_text("utf-8"), version)
    print(version)


if __name__ == "__main__":
    main(sys.argv[1:])
