"""Fixtures of the package tests: the targets, their machines, and a sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from machines import Machine, machine_of
from published import COMMANDS, TARGETS, unpacked_command
from sandboxes import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--target", choices=TARGETS, help="test only the packages of this target, on a machine of its kind"
    )


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `--target`, ignores the tests that do not depend on a target."""
    has_no_target = collection_path.name in ("test_crates.py", "test_sizes.py")
    return True if has_no_target and config.getoption("--target") else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "target" in metafunc.fixturenames:
        name = metafunc.config.getoption("--target")
        metafunc.parametrize("target", [name] if name else [name for name, each in TARGETS.items() if "zig" in each])


@pytest.fixture(scope="session")
def bare_path() -> str:
    """Returns the PATH without the folders that contain Rust."""
    folders = os.environ["PATH"].split(os.pathsep)
    bare = os.pathsep.join(folder for folder in folders if not (Path(folder) / "cargo").exists())
    assert not shutil.which("cargo", path=bare)
    assert not shutil.which("rustc", path=bare)
    return bare


@pytest.fixture
def machine(target: str) -> Machine:
    """Returns a machine that can run programs of the target."""
    machine = machine_of(target)
    if isinstance(machine, str):
        pytest.skip(machine)
    return machine


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns the published `renumerate` command for this machine."""
    for target in COMMANDS:
        machine = machine_of(target)
        if isinstance(machine, Machine) and machine.is_this_one:
            return unpacked_command(target, tmp_path_factory.mktemp("command"))
    pytest.fail("no command for this machine: run packages/build")


@pytest.fixture(scope="session")
def sandbox(command: Path) -> Iterator[Sandbox]:
    process = subprocess.Popen(
        [command, "sandbox", "--port", "0", "--json", "--until-stdin-ends"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        yield Sandbox.from_json(process.stdout.readline())
        process.communicate()
