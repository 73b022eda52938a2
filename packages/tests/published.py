"""Packages in target/packages, by the target they were built for."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import versions

import target

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "target/packages"
TARGETS: dict[str, dict[str, Any]] = target.TARGETS
COMMANDS = [name for name, target in TARGETS.items() if "command" in target]
VERSION = versions.workspace_version()
CPU = {"x64": "x86_64", "arm64": "aarch64"}
"""Names of processors in Python and Linux, by their names in Node."""


def one(folder: str, pattern: str) -> Path:
    found = sorted((PACKAGES / folder).glob(pattern))
    assert len(found) == 1, f"expected one {pattern} in {PACKAGES / folder}, found {found}: run packages/build"
    return found[0]


def wheel(target: str) -> Path:
    """Returns the wheel of the client."""
    tags = "*".join(TARGETS[target].get("wheel", []))
    return one("python", f"renumerate_sdk-{VERSION}-cp310-abi3-*{tags}_{CPU[TARGETS[target]['node']['cpu']]}.whl")


def sandbox_wheel(target: str) -> Path:
    """Returns the wheel of the command. On Linux, it is the same for both C libraries."""
    return one("python", f"renumerate_sandbox-{VERSION}-py3-none-*_{CPU[TARGETS[target]['node']['cpu']]}.whl")


def unpacked_command(target: str, folder: Path) -> Path:
    archive = one("command", f"renumerate-{VERSION}-{TARGETS[target]['command']['node']}.tar.gz")
    with tarfile.open(archive) as packed:
        names = sorted(packed.getnames())
        assert len(names) == 2, names
        packed.extractall(folder, filter="data")
    return folder / names[1]
