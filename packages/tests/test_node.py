"""Published npm packages: npm selects those of the platform, and programs run with them."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from elf import Elf, skip_unless_linux
from machines import Machine, musl
from published import CPU, PACKAGES, ROOT, TARGETS, VERSION, one
from registry import manifest, registry
from sandboxes import Sandbox

PROGRAM = """
const { NotFoundError, Renumerate } = require('@renumerate/node');
const renumerate = new Renumerate();
async function main() {
  console.log((await renumerate.createRetentionSession({ customerId: 'cus_1' })).id.slice(0, 4));
  console.log((await renumerate.createSubscriptionSession({ customerId: 'cus_2' })).id.slice(0, 4));
  await renumerate.createRetentionSession({ customerId: 'cus_not_found' }).catch((error) => {
    console.log(error instanceof NotFoundError, error.code);
  });
}
main();
"""
OUTPUT = "ret_\nsub_\ntrue not_found\n"
GLIBC = {f"lib{name}" for name in ("c.so.6", "m.so.6", "dl.so.2", "pthread.so.0", "rt.so.1", "util.so.1")}
GLIBC |= {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
"""Libraries of glibc. All parts of musl are in one library."""

MUSL = {"libc.so"}
DOCUMENTS = {"package/package.json", "package/README.md", "package/LICENSE"}


@pytest.fixture(scope="module")
def npm_registry() -> Iterator[str]:
    with registry(PACKAGES / "node") as url:
        yield url


def contents(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed if member.isfile()}  # type: ignore[union-attr]


def platform_package(target: str) -> Path:
    return one("node", f"renumerate-node-{TARGETS[target]['node']['name']}-{VERSION}.tgz")


def main_package(name: str) -> Path:
    return one("node", f"renumerate-{name}-{VERSION}.tgz")


def run(*command: str | Path, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def install(url: str, target: str, folder: Path, path: str, *packages: str) -> list[str]:
    """Installs packages from a registry for a machine of the target. Returns the names of all installed packages."""
    node = TARGETS[target]["node"]
    platform = ["--os", node["os"], "--cpu", node["cpu"], *(["--libc", node["libc"]] if "libc" in node else [])]
    quiet = ["--no-audit", "--no-fund", "--loglevel", "error", "--cache", str(folder / "cache")]
    (folder / "package.json").write_text('{ "private": true }', "utf-8")
    environment = {"PATH": path, "HOME": str(folder)}
    run("npm", "install", "--registry", url, *platform, *quiet, *packages, environment=environment, folder=folder)
    modules = folder / "node_modules"
    return sorted(
        f"{each.parent.name}/{each.name}" for each in modules.glob("*/*") if not each.parent.name.startswith(".")
    )


def add_library_of_other_c_library(target: str, folder: Path) -> None:
    """Adds a package with a library for the other C library. It ends the program that loads it."""
    node = TARGETS[target]["node"]
    if "libc" in node:
        other = "gnu" if node["libc"] == "musl" else "musl"
        package = folder / f"node_modules/@renumerate/node-{node['os']}-{node['cpu']}-{other}"
        package.mkdir()
        (package / "index.js").write_text("process.exit(9)", "utf-8")


def test_platform_package_contains_only_its_library(target: str) -> None:
    platform = TARGETS[target]["node"]
    found = contents(platform_package(target))
    library = found.pop(f"package/renumerate.{platform['name']}.node")
    assert found.keys() == DOCUMENTS
    package = json.loads(found["package/package.json"])
    assert {name: package[name] for name in ("os", "cpu")} == {name: [platform[name]] for name in ("os", "cpu")}
    assert package.get("libc") == ([platform["libc"]] if "libc" in platform else None)
    assert (package["version"], package["license"]) == (VERSION, "MIT")
    skip_unless_linux(target)
    elf = Elf(library)
    assert elf.machine == CPU[platform["cpu"]]
    assert elf.glibc == () if platform["libc"] == "musl" else (2, 0) < elf.glibc <= (2, 17)
    assert elf.libraries <= (MUSL if platform["libc"] == "musl" else GLIBC)
    if platform["libc"] == "musl":
        assert elf.imported <= Elf(musl(target).read_bytes()).exported


def test_client_package_contains_the_expected_files() -> None:
    found = contents(main_package("node")).keys()
    sources = [path for path in (ROOT / "bindings/node/typescript").glob("*.*ts") if not path.name.endswith(".d.ts")]
    types = {re.sub(r"\.(m?ts)$", r".d.\1", path.name) for path in sources}
    assert len(types) > 5
    entry_points = {f"{name}.js" for name in ("index", "testing")}
    entry_points |= {f"{folder}{name}.mjs" for name in ("index", "testing") for folder in ("", "bundler/")}
    expected = {"binding.d.ts", *entry_points, *types}
    assert found == DOCUMENTS | {f"package/dist/{name}" for name in expected}


def test_command_package_contains_the_expected_files() -> None:
    found = contents(main_package("sandbox")).keys()
    assert found == DOCUMENTS | {f"package/{name}" for name in ("index.js", "index.d.ts", "renumerate.js")}


@pytest.mark.parametrize(("name", "field"), [("node", "node.name"), ("sandbox", "command.node")])
def test_platform_packages_are_optional_dependencies_of_the_same_version(name: str, field: str) -> None:
    first, second = field.split(".")
    platforms = [target[first][second] for target in TARGETS.values() if first in target]
    optional = manifest(main_package(name))["optionalDependencies"]
    assert optional == {f"@renumerate/{name}-{platform}": VERSION for platform in platforms}
    assert not {"dependencies", "devDependencies", "scripts"} & manifest(main_package(name)).keys()
    source = (ROOT / "bindings/node/typescript/native.ts").read_text("utf-8")
    if name == "node":
        assert set(re.findall(r"require\('(@renumerate/node-[\w-]+)'\)", source)) == optional.keys()


def test_yarn_unpacks_the_packages_with_the_command() -> None:
    """Yarn's Plug'n'Play keeps other packages in archives, from which no program can be started."""
    packages = list((PACKAGES / "node").glob("renumerate-sandbox-*.tgz"))
    assert len(packages) > 1
    assert all(manifest(package)["preferUnplugged"] for package in packages)


def test_npm_installs_the_library_of_the_platform_and_a_program_runs(
    target: str, machine: Machine, npm_registry: str, tmp_path: Path, sandbox: Sandbox, bare_path: str
) -> None:
    installed = install(npm_registry, target, tmp_path, bare_path, "@renumerate/node")
    assert installed == ["@renumerate/node", f"@renumerate/node-{TARGETS[target]['node']['name']}"]
    add_library_of_other_c_library(target, tmp_path)
    (tmp_path / "program.cjs").write_text(PROGRAM, "utf-8")
    program = [*machine.node(), "program.cjs"]
    assert run(*program, environment=sandbox.environment(bare_path), folder=tmp_path) == OUTPUT


def test_npx_starts_the_command(
    target: str, machine: Machine, npm_registry: str, tmp_path: Path, bare_path: str
) -> None:
    platform = f"{TARGETS[target]['node']['os']}-{TARGETS[target]['node']['cpu']}"
    installed = install(npm_registry, target, tmp_path, bare_path, "@renumerate/sandbox")
    assert installed == ["@renumerate/sandbox", f"@renumerate/sandbox-{platform}"]
    [program] = (tmp_path / f"node_modules/@renumerate/sandbox-{platform}").glob("renumerate*")
    environment = {"PATH": bare_path, "HOME": str(tmp_path)}
    command = ["npx", "--no-install", "renumerate"] if machine.is_this_one else [*machine.emulator, program]
    assert run(*command, "--version", environment=environment, folder=tmp_path) == f"renumerate {VERSION}\n"


def test_error_names_the_missing_platform_package(npm_registry: str, tmp_path: Path, bare_path: str) -> None:
    target = {"os": "linux", "cpu": "riscv64", "libc": "glibc"}
    TARGETS["riscv64"] = {"node": target}
    try:
        installed = install(npm_registry, "riscv64", tmp_path, bare_path, "@renumerate/node")
    finally:
        del TARGETS["riscv64"]
    assert installed == ["@renumerate/node"]
    code = "try { require('@renumerate/node') } catch ({ message }) { console.log(message) }"
    output = run("node", "-e", code, environment={"PATH": bare_path}, folder=tmp_path)
    assert "@renumerate/node-linux-" in output
    assert 'run "npm install" on this machine, without --omit=optional' in output
