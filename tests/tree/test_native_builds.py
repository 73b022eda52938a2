"""The scripts that build the native libraries of Kotlin and Swift report their progress."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("script", "folders"), [("bindings/kotlin/natives", ["natives", "commands"]), ("bindings/swift/native", ["prefix"])]
)
def test_build_reports_its_start_and_the_progress_of_cargo(tmp_path: Path, script: str, folders: list[str]) -> None:
    cargo = tmp_path / "cargo"
    cargo.write_text('#!/bin/sh\necho "cargo $*" >&2\nexit 1\n')
    cargo.chmod(0o755)

    build = subprocess.run(
        [ROOT / script, *(tmp_path / folder for folder in folders)],
        env={"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    started, command = build.stderr.splitlines()
    assert started.startswith("building the native library and the renumerate command: a first build takes about")
    assert command.startswith("cargo rustc ")
    assert "--quiet" not in command.split()
