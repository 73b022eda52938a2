"""Publishes the packed packages of a folder to npm, which trusts the workflow: `publish_npm.py FOLDER`.

What is there already stays: it can be run again. The packages of platforms come before the one that asks for them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

TRUSTS = (11, 5, 1)
"""The npm that first knew how to be trusted."""


def manifest(archive: Path) -> dict[str, object]:
    with tarfile.open(archive) as packed:
        found = packed.extractfile("package/package.json")
        if found is None:
            raise SystemExit(f"{archive} holds no package.json")
        return json.load(found)


def in_order(folder: Path) -> list[tuple[Path, str, str]]:
    """Archives with their names and versions, each after those that it asks for."""
    packages = {
        str(each["name"]): (archive, each) for archive in sorted(folder.glob("*.tgz")) if (each := manifest(archive))
    }
    if not packages:
        raise SystemExit(f"{folder} holds no packed packages")
    ordered: dict[str, tuple[Path, str, str]] = {}

    def add(name: str) -> None:
        archive, package = packages[name]
        for kind in ("dependencies", "optionalDependencies", "peerDependencies"):
            for other in dict(package.get(kind) or {}):  # type: ignore[call-overload]
                if other in packages and other not in ordered:
                    add(other)
        ordered.setdefault(name, (archive, name, str(package["version"])))

    for name in packages:
        add(name)
    return list(ordered.values())


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["npm", *arguments], capture_output=True, text=True, check=False)


def is_published(name: str, version: str) -> bool:
    said = npm("view", f"{name}@{version}", "version", "--json")
    if said.returncode != 0 and "E404" not in said.stderr + said.stdout:
        raise SystemExit(f"npm does not say whether {name}@{version} is there: {said.stderr}")
    return said.returncode == 0 and version in said.stdout


def main(folder: Path) -> None:
    version = npm("--version").stdout.strip()
    if tuple(int(part) for part in version.split(".")) < TRUSTS:
        raise SystemExit(f"npm is {version}: publishing needs 11.5.1 or later, which Node 24 brings")
    for archive, name, its_version in in_order(folder):
        if is_published(name, its_version):
            print(f"{name}@{its_version} is there already")
            continue
        done = npm("publish", str(archive.resolve()), "--provenance", "--access", "public")
        if done.returncode != 0:
            raise SystemExit(f"{name}@{its_version} was not published: {done.stderr}")
        print(f"{name}@{its_version} is published")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]))
