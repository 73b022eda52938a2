"""The package as users install it: the wheel, the source distribution, and the folder itself, each in an environment
that holds nothing else."""

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
NATIVE_AT_MOST = 3_000_000
"""Bytes."""


@pytest.fixture
def wheels() -> Path:
    """Where `tests/run` has put the wheel and the source distribution."""
    return Path(os.environ["WHEELS"])


def run(*command: str | Path, variables: dict[str, str] | None = None, cwd: Path = FOLDER) -> str:
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fresh(folder: Path) -> Path:
    """The interpreter of a new environment."""
    run(sys.executable, "-m", "venv", folder)
    return folder / "bin" / "python"


def with_our_maturin(folder: Path) -> dict[str, str]:
    """These variables, by which pip builds with the maturin that is locked here, and not with the newest one."""
    constraint = folder / "constraint.txt"
    constraint.write_text(f"maturin=={version('maturin')}\n")
    return {**os.environ, "PIP_CONSTRAINT": str(constraint), "PIP_BUILD_CONSTRAINT": str(constraint)}


def mints(python: Path, sandbox: Sandbox, cwd: Path) -> None:
    """The quickstart works there, far from the sources."""
    out = run(python, FOLDER / "examples" / "quickstart.py", variables=environment(sandbox), cwd=cwd)
    assert "ret_" in out
    assert run(python, "-m", "pip", "list", "--format=freeze", cwd=cwd).count("==") == 3, "no dependencies came along"


def test_the_wheel(wheels: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    [wheel] = wheels.glob("*.whl")
    assert "-cp310-abi3-" in wheel.name, "one wheel for every Python from 3.10"
    with zipfile.ZipFile(wheel) as archive:
        sizes = {file.filename: file.file_size for file in archive.infolist()}
    assert {"renumerate_sdk/py.typed", "renumerate_sdk/_native.pyi", "renumerate_sdk/testing.py"} <= set(sizes)
    assert any(name.endswith("licenses/LICENSE") for name in sizes)
    [native] = [size for name, size in sizes.items() if name.startswith("renumerate_sdk/_native.abi3")]
    assert native <= NATIVE_AT_MOST
    [bill] = [name for name in sizes if "/sboms/" in name]
    assert bill.endswith(".dist-info/sboms/python-renumerate-sdk.cdx.json")
    python = fresh(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--no-index", wheel)
    mints(python, sandbox, tmp_path)


def test_the_source_distribution_builds_alone(wheels: Path, tmp_path: Path, sandbox: Sandbox) -> None:
    [sdist] = wheels.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        # All its files are of the same old date, which makes cargo take what it built before for theirs.
        for member in archive:
            member.mtime = time.time()
            archive.extract(member, tmp_path)
    [unpacked] = [folder for folder in tmp_path.iterdir() if folder.name.startswith("renumerate_sdk-")]
    python = fresh(tmp_path / "venv")
    variables = {**with_our_maturin(tmp_path), "CARGO_TARGET_DIR": str(ROOT / "target" / "python" / "from-source")}
    run(python, "-m", "pip", "install", "--quiet", unpacked, variables=variables, cwd=tmp_path)
    mints(python, sandbox, tmp_path)


def test_the_folder_of_a_clone(tmp_path: Path, sandbox: Sandbox) -> None:
    """As the README has it: `pip install ./bindings/python`."""
    python = fresh(tmp_path / "venv")
    run(python, "-m", "pip", "install", "--quiet", "./bindings/python", variables=with_our_maturin(tmp_path), cwd=ROOT)
    mints(python, sandbox, tmp_path)


def test_the_sandbox_is_a_package_of_its_own(wheels: Path, tmp_path: Path) -> None:
    """Together they are what `renumerate-sdk[testing]` installs; the command is found though nothing is activated."""
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
    python = fresh(tmp_path / "venv")
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
    bare = {name: value for name, value in os.environ.items() if name != "PATH"}
    assert run(python, "-c", code, variables={**bare, "PATH": "/usr/bin:/bin"}, cwd=tmp_path) == "sub_\n"
