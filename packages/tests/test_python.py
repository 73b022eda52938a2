"""The wheels as they are published: what they promise, what is in them, and programs that run with nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from elf import Elf, only_on_linux
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
SAID = "ret_\nnot_found\nsub_\nTrue\n"

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
    """A new environment with the wheels, and what pip says is all that they need; its interpreter."""
    run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
    python = folder / "venv/bin/python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", *wheels, folder=folder)
    return python


def test_a_wheel_holds_what_it_needs_and_nothing_else(target: str) -> None:
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


def test_a_library_needs_no_newer_system_than_its_tag_says(target: str) -> None:
    only_on_linux(target)
    [library] = natives(wheel(target)).values()
    elf = Elf(library)
    assert elf.machine == CPU[TARGETS[target]["node"]["cpu"]]
    if TARGETS[target]["node"].get("libc") == "musl":
        assert elf.libraries <= {"libc.so"}
        assert elf.glibc == ()
        left = elf.wanted - Elf(musl(target).read_bytes()).given
        assert left
        assert all(re.match("_?Py", name) for name in left), f"neither Python nor musl has {left}"
    else:
        [tag] = TARGETS[target]["wheel"]
        ceiling = tuple(map(int, re.findall(r"\d+", tag)))
        assert (2, 0) < elf.glibc <= ceiling, "or the tag promises too much"


def test_auditwheel_says_the_same(target: str, tmp_path: Path) -> None:
    only_on_linux(target)
    if (TARGETS[target]["node"].get("libc") == "musl") != is_musl():
        pytest.skip("it looks for the libraries that this machine has")
    said = run(Path(sys.executable).parent / "auditwheel", "show", wheel(target), folder=tmp_path)
    [tag] = TARGETS[target]["wheel"]
    assert f'"{tag}_' in re.sub(r"\s+", " ", said), said


def test_programs_run_with_it(target: str, machine: Machine, tmp_path: Path, sandbox: Sandbox, bare_path: str) -> None:
    if not machine.has_its_c_library:
        pytest.skip(f"no Python for {target} is at hand: its library is looked at alone")
    environment = sandbox.environment(bare_path)
    if machine.is_this_one:
        python = [install(tmp_path, wheel(target))]
        installed = tmp_path / "venv"
    else:
        # As pip does it there, by the tag.
        platforms = [f"{tag}_{CPU[TARGETS[target]['node']['cpu']]}" for tag in TARGETS[target]["wheel"]]
        options = ["--no-index", "--no-deps", "--only-binary", ":all:", "--platform", *platforms, "--target"]
        installed = tmp_path / "installed"
        run(sys.executable, "-m", "pip", "install", "--quiet", *options, installed, wheel(target), folder=tmp_path)
        python = machine.python()
        environment["PYTHONPATH"] = str(installed)
    assert run(*python, "-c", PROGRAM, installed, environment=environment, folder=tmp_path) == SAID


def test_the_sandbox_comes_with_its_wheel(target: str, machine: Machine, tmp_path: Path, bare_path: str) -> None:
    if not machine.is_this_one or not machine.has_its_c_library:
        pytest.skip(f"{target}: its parts are tried by themselves")
    python = install(tmp_path, wheel(target), sandbox_wheel(target))
    assert run(python, "-c", WITH_SANDBOX, environment={"PATH": bare_path}, folder=tmp_path) == "sub_\n"
    command = tmp_path / "venv/bin/renumerate"
    assert run(command, "--version", environment={"PATH": bare_path}, folder=tmp_path) == f"renumerate {VERSION}\n"


def test_uvx_starts_the_command(target: str, machine: Machine, tmp_path: Path, bare_path: str) -> None:
    if not machine.is_this_one:
        pytest.skip("uv runs on this machine alone")
    environment = {"PATH": bare_path, "HOME": str(tmp_path), "UV_PYTHON": sys.executable}
    options = ["--quiet", "--offline", "--no-index", "--find-links", sandbox_wheel(target).parent]
    command = [Path(sys.executable).parent / "uvx", *options, "--from", "renumerate-sandbox", "renumerate", "--version"]
    assert run(*command, environment=environment, folder=tmp_path) == f"renumerate {VERSION}\n"


def test_the_wheel_of_the_sandbox_fits_every_c_library(target: str) -> None:
    only_on_linux(target)
    path = sandbox_wheel(target)
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    script, information = (
        f"renumerate_sandbox-{VERSION}.data/scripts/renumerate",
        f"renumerate_sandbox-{VERSION}.dist-info",
    )
    bill = f"{information}/sboms/python-renumerate-sandbox.cdx.json"
    assert names == {
        script,
        bill,
        *(f"{information}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")),
    }
    assert "manylinux_2_17" in path.name
    assert "musllinux_1_1" in path.name
    [program] = natives(path).values()
    assert Elf(program).is_static


@pytest.mark.parametrize("name", ["renumerate_sdk", "renumerate_sandbox"])
def test_there_are_sources(name: str) -> None:
    assert one("python", f"{name}-{VERSION}.tar.gz").stat().st_size > 50_000
