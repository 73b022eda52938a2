"""Checks that all files have the same version, and prints it: `check_tag.py [TAG]`. With a tag such as `v1.2.3`, checks
that it is the tag of this version, and that the changelog has entries for it."""

from __future__ import annotations

import sys

import changelog
import versions


def main(tag: str | None) -> None:
    version = versions.workspace_version()
    errors = [*versions.mismatches(), *versions.unknown_occurrences()]
    if errors:
        raise SystemExit("\n".join(errors))
    if tag is not None:
        if tag != f"v{version}":
            raise SystemExit(f"tag {tag} does not match version {version} in Cargo.toml: run ./justw version first")
        changelog.release_notes(changelog.FILE.read_text("utf-8"), version)
    print(version)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
