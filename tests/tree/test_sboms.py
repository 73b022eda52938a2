"""The bill of materials of each package names what is linked into it, all of it and nothing else."""

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
"""What other platforms' libraries alone are linked with."""

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

Bill = dict[str, Any]


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bill]:
    """Written anew, but for jars where these have not been built."""
    folder = tmp_path_factory.mktemp("sbom")
    jars = [name for name in ALL if name.startswith("maven-")]
    built = all((ROOT / "bindings/kotlin" / module / "target/bom.json").exists() for module in ("client", "testing"))
    if not built and os.environ.get("CI") == "true":
        pytest.fail("the jars have not been built: bindings/kotlin/tests/run does so")
    wanted = [name for name in ALL if built or name not in jars]
    subprocess.run([sys.executable, ROOT / "sbom/write.py", folder, *wanted], check=True, cwd=ROOT)
    return {path.name.removesuffix(".cdx.json"): json.loads(path.read_text("utf-8")) for path in folder.iterdir()}


@pytest.fixture
def bill(bills: dict[str, Bill], request: pytest.FixtureRequest) -> Bill:
    name = request.param
    if name not in bills:
        pytest.skip("the jars have not been built: bindings/kotlin/tests/run does so")
    return bills[name]


@pytest.fixture(scope="module")
def locked() -> dict[str, str | None]:
    """The checksum of each crate of the lock file, by its address."""
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text("utf-8"))
    return {address(crate["name"], crate["version"]): crate.get("checksum") for crate in lock["package"]}


def address(name: str, version: str) -> str:
    return f"pkg:cargo/{name}@{quote(version, safe='')}"


@cache
def tree(crate: str, *options: str) -> list[str]:
    command = ["cargo", "tree", "--locked", "--quiet", "--package", crate, "--edges", "normal,no-proc-macro"]
    command += ["--prefix", "none", *options]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [address(*found) for found in re.findall(r"^(\S+) v(\S+)", said, re.MULTILINE)]


def crates(bill: Bill) -> dict[str, Any]:
    return {part["purl"]: part for part in bill["components"] if part["purl"].startswith("pkg:cargo/")}


def names(bill: Bill) -> set[str]:
    return {part["name"] for part in crates(bill).values()}


def every(*packages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("bill", packages or ALL, indirect=True)


@every()
def test_each_crate_is_as_it_is_locked(bill: Bill, locked: dict[str, str | None]) -> None:
    for purl, part in crates(bill).items():
        hashes = [each["content"] for each in part.get("hashes", [])]
        assert hashes == [checksum for checksum in [locked[purl]] if checksum], purl
        assert part["licenses"], purl


@pytest.mark.parametrize(("bill", "crate"), ALL.items(), indirect=["bill"])
def test_what_is_linked_is_in_it(bill: Bill, crate: str) -> None:
    """A crate is linked on any platform, the others are built for this one."""
    is_crate = bill["metadata"]["component"]["purl"].startswith("pkg:cargo/")
    linked = tree(crate, "--target", "all") if is_crate else tree(crate)
    assert crates(bill).keys() == set(linked[1:] if is_crate else linked)


@every()
def test_what_only_tests_and_builds_need_is_not_in_it(bill: Bill) -> None:
    for crate in ["proptest", "bolero", "cc", "syn", "serde_derive", "pyo3-macros", "napi-build", "uniffi_bindgen"]:
        assert crate not in names(bill)


@every(*LIBRARIES)
def test_the_client_and_its_tls_are_in_it(bill: Bill) -> None:
    assert {"reqwest", "hyper", "rustls", "ring", "tokio"} <= names(bill)
    assert not {"renumerate-sandbox", "axum", "clap"} & names(bill)


@cache
def host() -> str:
    return subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout


@every(*NATIVE)
def test_what_other_platforms_need_is_not_in_it(bill: Bill) -> None:
    for target, others in PLATFORM.items():
        if target in host():
            assert not set(others) & names(bill)


@every("maven-renumerate-kotlin")
def test_what_maven_brings_along_is_in_it(bill: Bill) -> None:
    jars = {part["name"] for part in bill["components"] if part["purl"].startswith("pkg:maven/")}
    assert {"jna", "kotlin-stdlib", "kotlinx-coroutines-core-jvm"} <= jars
    assert not {"junit-jupiter-api", "jackson-databind"} & jars


@every()
def test_all_of_it_hangs_together(bill: Bill) -> None:
    """From the package itself a chain of needs leads to each of its parts."""
    needs = {each["ref"]: each.get("dependsOn", []) for each in bill["dependencies"]}
    reached, to_see = set(), [bill["metadata"]["component"]["bom-ref"]]
    while to_see:
        ref = to_see.pop()
        if ref not in reached:
            reached.add(ref)
            to_see += needs[ref]
    assert {part["bom-ref"] for part in bill["components"]} <= reached
    assert needs.keys() <= reached


@every()
def test_nothing_of_this_machine_is_in_it(bill: Bill) -> None:
    assert str(ROOT) not in json.dumps(bill)
    assert "file:" not in json.dumps(bill)
