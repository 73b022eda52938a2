"""Crates that are linked into a crate of this workspace, as `cargo tree` reports them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import tomllib
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]


@dataclass
class Crate:
    name: str
    version: str
    license: str
    dependencies: set[str] = field(default_factory=set)
    """The purls of the direct dependencies."""

    @property
    def purl(self) -> str:
        return PackageURL("cargo", None, self.name, self.version).to_string()

    @property
    def checksum(self) -> str | None:
        """The SHA-256 of the sources. `None` for a crate of the workspace."""
        return checksums().get((self.name, self.version))


@cache
def linked_crates(crate: str, target: str) -> tuple[Crate, list[Crate]]:
    """Returns a crate of the workspace, and the crates that are linked with it.

    Dependencies of macros, build scripts and tests are not included. The target is a platform or `all`.
    """
    command = ["cargo", "tree", "--locked", "--quiet", "--package", crate, "--target", target]
    # `cargo tree` uses the features that this crate enables. `cargo metadata` would unite those of the whole workspace.
    command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "\t{p}\t{l}\t"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"cargo tree failed for {crate}: {result.stderr}")
    found: dict[str, Crate] = {}
    ancestors: list[Crate] = []
    for line in result.stdout.splitlines():
        depth, package, license, _seen_before = line.split("\t")
        name, version = package.split(" ")[:2]
        new = Crate(name, version.removeprefix("v"), license.replace("/", " OR "))
        current = found.setdefault(new.purl, new)
        del ancestors[int(depth) :]
        if ancestors:
            ancestors[-1].dependencies.add(current.purl)
        ancestors.append(current)
    first, *others = found.values()
    return first, others


@cache
def checksums() -> dict[tuple[str, str], str]:
    """Returns the checksums in the lock file, by name and version."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text("utf-8"))
    return {(crate["name"], crate["version"]): crate["checksum"] for crate in lock["package"] if "checksum" in crate}
