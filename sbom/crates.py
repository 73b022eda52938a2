"""The crates that are linked into what a crate is built to, by what cargo says of this workspace."""

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
    needs: set[str] = field(default_factory=set)
    """The purls of the crates that it depends on."""

    @property
    def purl(self) -> str:
        return PackageURL("cargo", None, self.name, self.version).to_string()

    @property
    def checksum(self) -> str | None:
        """The SHA-256 of its sources, where these come from crates.io."""
        return checksums().get((self.name, self.version))


@cache
def linked(crate: str, target: str) -> tuple[Crate, list[Crate]]:
    """A crate of the workspace, and all that is linked with it: what macros and builds need is not, nor what tests do.

    The target is a platform, or `all`.
    """
    command = ["cargo", "tree", "--locked", "--quiet", "--package", crate, "--target", target]
    # With the features that this crate alone asks for, as it is built; `cargo metadata` knows those of all together.
    command += ["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "\t{p}\t{l}\t"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise SystemExit(f"cargo cannot say what {crate} is linked with: {said.stderr}")
    found: dict[str, Crate] = {}
    above: list[Crate] = []
    for line in said.stdout.splitlines():
        depth, package, license, _seen_before = line.split("\t")
        name, version = package.split(" ")[:2]
        named = Crate(name, version.removeprefix("v"), license.replace("/", " OR "))
        here = found.setdefault(named.purl, named)
        del above[int(depth) :]
        if above:
            above[-1].needs.add(here.purl)
        above.append(here)
    first, *others = found.values()
    return first, others


@cache
def checksums() -> dict[tuple[str, str], str]:
    """By names and versions, as the lock file has them."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text("utf-8"))
    return {(crate["name"], crate["version"]): crate["checksum"] for crate in lock["package"] if "checksum" in crate}
