"""Published `renumerate` command: a static program without dependencies."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from elf import Elf, skip_unless_linux
from machines import Machine
from published import CPU, TARGETS, VERSION, unpacked_command


@pytest.fixture
def program(target: str, tmp_path: Path) -> Path:
    if "command" not in TARGETS[target]:
        pytest.skip(f"{target} uses the command of another target")
    return unpacked_command(target, tmp_path)


def test_command_is_static(target: str, program: Path) -> None:
    skip_unless_linux(target)
    elf = Elf(program.read_bytes())
    assert elf.is_static
    assert elf.machine == CPU[TARGETS[target]["node"]["cpu"]]
    assert (program.parent / "LICENSE").read_text("utf-8").startswith("MIT License")


def test_command_runs(machine: Machine, program: Path) -> None:
    def output_of(*arguments: str) -> str:
        command = [*machine.emulator, program, *arguments]
        return subprocess.run(command, env={}, capture_output=True, text=True, timeout=120, check=True).stdout

    assert output_of("--version") == f"renumerate {VERSION}\n"
    demo = output_of("demo")
    assert "/v1/retention/session" in demo
    assert "/v1/subscription/session" in demo


@pytest.mark.parametrize("stop_signal", [signal.SIGTERM, signal.SIGINT])
def test_sandbox_as_pid_1_stops_on_signals(machine: Machine, program: Path, stop_signal: signal.Signals) -> None:
    """The kernel ignores a signal to PID 1, as in a container, if the process has no handler for it."""
    if machine.emulator:
        pytest.skip("the emulator handles the signals of an emulated process")
    namespace = ["unshare", "--user", "--map-root-user", "--pid", "--fork"]
    arguments = ["sandbox", "--host", "0.0.0.0", "--port", "0", "--json"]
    with subprocess.Popen([*namespace, program, *arguments], stdout=subprocess.PIPE, text=True) as unshare:
        assert unshare.stdout is not None
        port = json.loads(unshare.stdout.readline())["url"].rsplit(":", 1)[1]
        assert subprocess.run([program, "healthcheck", "--port", port], timeout=60).returncode == 0
        [sandbox] = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
        subprocess.run(["kill", f"-{stop_signal.name.removeprefix('SIG')}", sandbox], check=True)
        assert unshare.wait(timeout=60) == 0
    assert subprocess.run([program, "healthcheck", "--port", port], timeout=60).returncode == 1
