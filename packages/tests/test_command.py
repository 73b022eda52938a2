"""The `renumerate` command as it is published: one program that brings all that it needs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from elf import Elf, only_on_linux
from machines import Machine
from published import CPU, TARGETS, VERSION, unpacked_command


@pytest.fixture
def program(target: str, tmp_path: Path) -> Path:
    if "command" not in TARGETS[target]:
        pytest.skip(f"{target} runs the command of another target")
    return unpacked_command(target, tmp_path)


def test_it_needs_nothing_of_the_system(target: str, program: Path) -> None:
    only_on_linux(target)
    elf = Elf(program.read_bytes())
    assert elf.is_static
    assert elf.machine == CPU[TARGETS[target]["node"]["cpu"]]
    assert (program.parent / "LICENSE").read_text("utf-8").startswith("MIT License")


def test_it_runs(machine: Machine, program: Path) -> None:
    def said(*arguments: str) -> str:
        command = [*machine.emulator, program, *arguments]
        return subprocess.run(command, env={}, capture_output=True, text=True, timeout=120, check=True).stdout

    assert said("--version") == f"renumerate {VERSION}\n"
    demo = said("demo")
    assert "/v1/retention/session" in demo
    assert "/v1/subscription/session" in demo
