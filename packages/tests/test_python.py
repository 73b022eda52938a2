"""Published wheels: their tags, their contents, and programs that run with them."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from elf import Elf, skip_unless_linux
from machines import Machine, is_musl, musl
from published import CPU, ROOT, TARGETS, VERSION, one, sandbox_wheel, wheel
from sandboxes import Sandbox

PROGRAM = """
import asyncio, sys
import renumerate_sdk
from renumerate_sdk import AsyncClient, Client, NotFoundError

with Client() as client:
    print(client.create_retention_session(customer_id="cus_1").id[:4])
    try:
        client.create_subscription_session(customer_id="cus_not_found")
    except NotFoundError as error:
        print(error.code)

async def main():
    async with AsyncClient() as client:
        print((await client.create_subscription_session(customer_id="cus_2")).id[:4])

asyncio.run(main())
print(renumerate_sdk.__file__.startswith(sys.argv[1]))
"""
OUTPUT = "ret_\nnot_found\nsub_\nTrue\n"

WITH_SANDBOX = """
from renumerate_sdk.testing import Sandbox
with Sandbox() as sandbox, sandbox.client() as client:
    print(client.create_subscription_session(customer_id="cus_1").id[:4])
"""


def run(*command: str | Path, environment: dict[str, str] | None = None, folder: Path) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def natives(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return {name: content for name, content in contents.items() if content.startswith(b"\x7fELF")}


def install(folder: Path, *wheels: Path) -> Path:
    """Installs wheels in a new virtual environment, without other packages. Returns its interpreter."""
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    python = folder / "venv/bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", *wheels, folder=folder)
    return python


def test_wheel_contains_the_expected_files(target: str) -> None:
    with zipfile.ZipFile(wheel(target)) as archive:
        found = {name for name in archive.namelist() if not name.endswith("/")}
    sources = ROOT / "bindings/python/python"
    expected = {
        str(path.relative_to(sources)) for pattern in ("*.py", "*.pyi", "py.typed") for path in sources.rglob(pattern)
    }
    information = f"renumerate_sdk-{VERSION}.dist-info"
    names = [
        "METADATA",
        "WHEEL",
        "RECORD",
        "entry_points.txt",
        "licenses/LICENSE",
        "sboms/python-renumerate-sdk.cdx.json",
    ]
    assert found == expected | {"renumerate_sdk/_native.abi3.so"} | {f"{information}/{name}" for name in names}


def test_library_meets_the_platform_tag(target: str) -> None:
    skip_unless_linux(target)
    [library] = natives(wheel(target)).values()
    elf = Elf(library)
    assert elf.machine == CPU[TARGETS[target]["node"]["cpu"]]
    if TARGETS[target]["node"].get("libc") == "musl":
        assert elf.libraries <= {"libc.so"}
        assert elf.glibc == ()
        others = elf.imported - Elf(musl(target).read_bytes()).exported
        assert others
        assert all(re.match("_?Py", name) for name in others), f"symbols that are not in musl: {others}"
    else:
        [tag] = TARGETS[target]["wheel"]
        maximum = tuple(map(int, re.findall(r"\d+", tag)))
        assert (2, 0) < elf.glibc <= maximum


def test_auditwheel_confirms_the_platform_tag(target: str, tmp_path: Path) -> None:
    skip_unless_linux(target)
    if (TARGETS[target]["node"].get("libc") == "musl") != is_musl():
        pytest.skip("auditwheel needs the C library of the target")
    report = run(Path(sys.executable).parent / "auditwheel", "show", wheel(target), folder=tmp_path)
    [tag] = TARGETS[target]["wheel"]
    assert f'"{tag}_' in re.sub(r"\s+", " ", report), report


def test_program_runs_with_the_wheel(
    target: str, machine: Machine, tmp_path: Path, sandbox: Sandbox, bare_path: str
) -> None:
    if not machine.has_its_c_library:
        pytest.skip(f"no Python for {target}: only its library is checked")
    environment = sandbox.environment(bare_path)
    if machine.is_this_one:
        python = [install(tmp_path, wheel(target))]
        installed = tmp_path / "venv"
    else:
        # Select the wheel by its tag, as pip does on that machine.
        platforms = [f"{tag}_{CPU[TARGETS[target]['node']['cpu']]}" for tag in TARGETS[target]["wheel"]]
        options = ["--no-index", "--no-deps", "--only-binary", ":all:", "--platform", *platforms, "--target"]
        installed = tmp_path / "installed"
        run(sys.executable, "-m", "pip", "install", "--quiet", *options, installed, wheel(target), folder=tmp_path)
        python = machine.python()
        environment["PYTHONPATH"] = str(installed)
    assert run(*python, "-c", PROGRAM, installed, environment=environment, folder=tmp_path) == OUTPUT


def test_sandbox_starts_from_its_wheel(target: str, machine: Machine, tmp_path: Path, bare_path: str) -> None:
    if not machine.is_this_one or not machine.has_its_c_library:
        pytest.skip(f"{target}: other tests check the two wheels separately")
    python = install(tmp_path, wheel(target), sandbox_wheel(target))
    assert run(python, "-c", WITH_SANDBOX, environment={"PATH": bare_path}, folder=tmp_path) == "sub_\n"
    command = tmp_path / "venv/bin/renumerate"
    assert run(command, "--version", environment={"PATH": bare_path}, folder=tmp_path) == f"renumerate {VERSION}\n"


def test_uvx_starts_the_command(target: str, machine: Machine, tmp_path: Path, bare_path: str) -> None:
    if not machine.is_this_one:
        pytest.skip("uv is not emulated")
    environment = {"PATH": bare_path, "HOME": str(tmp_path), "UV_PYTHON": sys.executable}
    options = ["--quiet", "--offline", "--no-index", "--find-links", sandbox_wheel(target).parent]
    command = [Path(sys.executable).parent / "uvx", *options, "--from", "renumerate-sandbox", "renumerate", "--version"]
    assert run(*command, environment=environment, folder=tmp_path) == f"renumerate {VERSION}\n"


def test_sandbox_wheel_supports_each_c_library(target: str) -> None:
    skip_unless_linux(target)
    path = sandbox_wheel(target)
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    script, information = (
        f"renumerate_sandbox-{VERSION}.data/scripts/renumerate",
        f"renumerate_sandbox-{VERSION}.dist-info",
    )
    sbom = f"{information}/sboms/python-renumerate-sandbox.cdx.json"
    assert names == {
        script,
        sbom,
        *(f"{information}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")),
    }
    assert "manylinux_2_17" in path.name
    assert "musllinux_1_1" in path.name
    [program] = natives(path).values()
    assert Elf(program).is_static


@pytest.mark.parametrize("name", ["renumerate_sdk", "renumerate_sandbox"])
def test_source_distribution_is_built(name: str) -> None:
    assert one("python", f"{name}-{VERSION}.tar.gz").stat().st_size > 50_000
