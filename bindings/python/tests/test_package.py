"""Installs the wheel, the source distribution and the source folder, each into an empty virtual environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from programs import environment

from renumerate_sdk.testing import Sandbox

FOLDER = Path(__file__).parents[1]
ROOT = FOLDER.parents[1]


@pytest.fixture
def wheels() -> Path:
    """The folder in which `tests/run` has built the wheel and the source distribution."""
    return Path(os.environ["WHEELS"])


def run(*command: str | Path, variables: dict[str, str] | None = None, cwd: Path = FOLDER) -> str:
    result = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def create_environment(folder: Path) -> Path:
    """Creates a virtual environment and returns its interpreter."""
    run(sys.executable, "-m", "venv", folder)
    return folder / "bin" / "python"


def locked_maturin(folder: Path) -> dict[str, str]:
    """Returns an environment in which pip builds with our locked version of maturin, and reuses compiled crates."""
    constraint = folder / "constraint.txt"
    constraint.write_text(f"maturin=={version('maturin')}\n")
    return {
        **os.environ,
        "PIP_CONSTRAINT": str(constraint),
        "PIP_BUILD_CONSTRAINT": str(constraint),
        "MATURIN_PEP517_ARGS": f"--profile {os.environ['NATIVE_PROFILE']}",
        "CARGO_TARGET_DIR": str(ROOT / "target"),
    }


def assert_quickstart_runs(python: Path, sandbox: Sandbox, cwd: Path) -> None:
    """Runs the quickstart outside the source tree."""
    out = run(python, FOLDER / "examples" / "quickstart.py", variables=environment(sandbox), cwd=cwd)
    assert "ret_" in out
    assert run(python, "-m", "pip", "list", "--format=freeze", cwd=cwd).count("==") == 3, (
        "unexpected packages are installed"
    )


def test_wheel_installs_and_runs(wheels: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    [wheel] = wheels.glob("*.whl")
    assert "-cp310-abi3-" in wheel.name, "the wheel must support every Python from 3.10"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"renumerate_sdk/py.typed", "renumerate_sdk/_native.pyi", "renumerate_sdk/testing.py"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    [sbom] = [name for name in names if "/sboms/" in name]
    assert sbom.endswith(".dist-info/sboms/python-renumerate-sdk.cdx.json")
    python = create_environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", wheel)
    assert_quickstart_runs(python, sandbox, tmp_path)


def test_source_distribution_builds_and_runs(wheels: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    [sdist] = wheels.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        # The archive has old modification times, with which cargo would reuse an earlier build.
        for member in archive:
            member.mtime = time.time()
            archive.extract(member, tmp_path)
    [unpacked] = [folder for folder in tmp_path.iterdir() if folder.name.startswith("renumerate_sdk-")]
    python = create_environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", unpacked, variables=locked_maturin(tmp_path), cwd=tmp_path)
    assert_quickstart_runs(python, sandbox, tmp_path)


def test_source_folder_installs_and_runs(tmp_path: Path, sandbox: Sandbox) -> None:
    """The README documents `pip install ./bindings/python`."""
    python = create_environment(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "./bindings/python", variables=locked_maturin(tmp_path), cwd=ROOT)
    assert_quickstart_runs(python, sandbox, tmp_path)


def test_sandbox_package_provides_command(wheels: Path, tmp_path: Path) -> None:
    """Installs the packages of `renumerate-sdk[testing]`. The SDK finds the command without `PATH`."""
    built = tmp_path / "wheels"
    run(
        sys.executable,
        "-m",
        "maturin",
        "build",
        "--quiet",
        "--locked",
        "--profile",
        "dev",
        "--out",
        built,
        cwd=FOLDER / "sandbox",
    )
    python = create_environment(tmp_path / "venv")
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        *wheels.glob("*.whl"),
        *built.glob("*.whl"),
    )
    code = (
        "from renumerate_sdk.testing import Sandbox\n"
        "with Sandbox() as sandbox, sandbox.client() as client:\n"
        "    print(client.create_subscription_session(customer_id='cus_1').id[:4])\n"
    )
    without_path = {name: value for name, value in os.environ.items() if name != "PATH"}
    assert run(python, "-c", code, variables={**without_path, "PATH": "/usr/bin:/bin"}, cwd=tmp_path) == "sub_\n"
