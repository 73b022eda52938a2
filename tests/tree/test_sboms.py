"""Software bills of materials (SBOMs): each lists exactly the crates and jars that its package contains."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import tomllib

ROOT = Path(__file__).parents[2]
PLATFORM = {"x86_64-unknown-linux-gnu": ["windows-sys", "security-framework", "core-foundation"]}
"""Crates that are linked only on other platforms."""

NATIVE = {
    "python-renumerate-sdk": "renumerate-python",
    "node-renumerate-node": "renumerate-node",
    "swift-Renumerate": "renumerate-uniffi",
    "maven-renumerate-kotlin": "renumerate-uniffi",
    "maven-renumerate-testing": "renumerate-cli",
    "python-renumerate-sandbox": "renumerate-cli",
    "node-renumerate-sandbox": "renumerate-cli",
}
CRATES = ["renumerate", "renumerate-sandbox", "renumerate-cli"]
ALL = {**{f"crate-{crate}": crate for crate in CRATES}, **NATIVE}
LIBRARIES = [name for name, crate in ALL.items() if crate not in ("renumerate-cli", "renumerate-sandbox")]

Sbom = dict[str, Any]


@pytest.fixture(scope="module")
def sboms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sbom]:
    """Writes the SBOMs. Those of the jars are left out if the jars have not been built."""
    folder = tmp_path_factory.mktemp("sbom")
    jars = [name for name in ALL if name.startswith("maven-")]
    built = all((ROOT / "bindings/kotlin" / module / "target/bom.json").exists() for module in ("client", "testing"))
    if not built and os.environ.get("CI") == "true":
        pytest.fail("the jars have not been built: run bindings/kotlin/tests/run")
    names = [name for name in ALL if built or name not in jars]
    subprocess.run([sys.executable, ROOT / "sbom/write.py", folder, *names], check=True, cwd=ROOT)
    return {path.name.removesuffix(".cdx.json"): json.loads(path.read_text("utf-8")) for path in folder.iterdir()}


@pytest.fixture
def sbom(sboms: dict[str, Sbom], request: pytest.FixtureRequest) -> Sbom:
    name = request.param
    if name not in sboms:
        pytest.skip("the jars have not been built: run bindings/kotlin/tests/run")
    return sboms[name]


@pytest.fixture(scope="module")
def locked() -> dict[str, str | None]:
    """Returns the checksum of each crate in the lock file, by its purl."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text("utf-8"))
    return {purl(crate["name"], crate["version"]): crate.get("checksum") for crate in lock["package"]}


def purl(name: str, version: str) -> str:
    return f"pkg:cargo/{name}@{quote(version, safe='')}"


@cache
def tree(crate: str, *options: str) -> list[str]:
    command = ["cargo", "tree", "--locked", "--quiet", "--package", crate, "--edges", "normal,no-proc-macro"]
    command += ["--prefix", "none", *options]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [purl(*found) for found in re.findall(r"^(\S+) v(\S+)", output, re.MULTILINE)]


def crates(sbom: Sbom) -> dict[str, Any]:
    return {part["purl"]: part for part in sbom["components"] if part["purl"].startswith("pkg:cargo/")}


def names(sbom: Sbom) -> set[str]:
    return {part["name"] for part in crates(sbom).values()}


def sboms_of(*packages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sbom", packages or ALL, indirect=True)


@sboms_of()
def test_crate_checksums_match_the_lock_file(sbom: Sbom, locked: dict[str, str | None]) -> None:
    for purl, part in crates(sbom).items():
        hashes = [each["content"] for each in part.get("hashes", [])]
        assert hashes == [checksum for checksum in [locked[purl]] if checksum], purl
        assert part["licenses"], purl


@pytest.mark.parametrize(("sbom", "crate"), ALL.items(), indirect=["sbom"])
def test_linked_crates_are_listed(sbom: Sbom, crate: str) -> None:
    """A published crate can be built on any platform; a native package is built for this platform."""
    is_crate = sbom["metadata"]["component"]["purl"].startswith("pkg:cargo/")
    linked = tree(crate, "--target", "all") if is_crate else tree(crate)
    assert crates(sbom).keys() == set(linked[1:] if is_crate else linked)


@sboms_of()
def test_crates_of_builds_and_tests_are_not_listed(sbom: Sbom) -> None:
    for crate in ["proptest", "bolero", "cc", "syn", "serde_derive", "pyo3-macros", "napi-build", "uniffi_bindgen"]:
        assert crate not in names(sbom)


@sboms_of(*LIBRARIES)
def test_http_and_tls_crates_of_the_client_are_listed(sbom: Sbom) -> None:
    assert {"hyper", "rustls", "ring", "tokio"} <= names(sbom)
    assert not {"renumerate-sandbox", "axum", "clap"} & names(sbom)


@cache
def host() -> str:
    return subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout


@sboms_of(*NATIVE)
def test_crates_of_other_platforms_are_not_listed(sbom: Sbom) -> None:
    for target, others in PLATFORM.items():
        if target in host():
            assert not set(others) & names(sbom)


@sboms_of("maven-renumerate-kotlin")
def test_maven_dependencies_are_listed(sbom: Sbom) -> None:
    jars = {part["name"] for part in sbom["components"] if part["purl"].startswith("pkg:maven/")}
    assert {"jna", "kotlin-stdlib", "kotlinx-coroutines-core-jvm"} <= jars
    assert not {"junit-jupiter-api", "jackson-databind"} & jars


@sboms_of()
def test_each_component_is_a_dependency_of_the_package(sbom: Sbom) -> None:
    """The package depends on each component, directly or indirectly."""
    dependencies = {each["ref"]: each.get("dependsOn", []) for each in sbom["dependencies"]}
    reached, pending = set(), [sbom["metadata"]["component"]["bom-ref"]]
    while pending:
        ref = pending.pop()
        if ref not in reached:
            reached.add(ref)
            pending += dependencies[ref]
    assert {part["bom-ref"] for part in sbom["components"]} <= reached
    assert dependencies.keys() <= reached


@sboms_of()
def test_sbom_contains_no_local_paths(sbom: Sbom) -> None:
    assert str(ROOT) not in json.dumps(sbom)
    assert "file:" not in json.dumps(sbom)
