"""The crates as they are published: what is in them, and that a project of somebody else's builds and runs with them.

`packages/assemble` packs them, and builds each from its packed file.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
import tomllib
from published import ROOT, VERSION

PACKED = ROOT / "target/packages/rust"
BESIDE_SOURCES = {
    "renumerate": ["examples/quickstart.rs"],
    "renumerate-sandbox": [
        *("cases/chaos.json", "cases/magic-customers.json", "cases/magic-customers.md", "openapi.json"),
        *("assets/widgets/*.css", "assets/widgets/*.js", "templates/**/*.html"),
        *(
            "assets/dashboard/*.css",
            "assets/dashboard/*.js",
            "assets/dashboard/icon.svg",
            "assets/dashboard/snippets.md",
        ),
    ],
    "renumerate-cli": [],
}
CARGOS = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"]

crates = pytest.mark.parametrize("crate", BESIDE_SOURCES)


def packed(crate: str) -> Path:
    path = PACKED / f"{crate}-{VERSION}.crate"
    assert path.exists(), f"{path} is missing: packages/assemble makes it"
    return path


def unpack(crate: str, folder: Path) -> Path:
    with tarfile.open(packed(crate)) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{crate}-{VERSION}"


def test_each_crate_is_packed_that_is_not_kept_back() -> None:
    command = ["cargo", "metadata", "--format-version=1", "--no-deps", "--locked", "--offline"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    published = {package["name"] for package in metadata["packages"] if package["publish"] != []}
    assert published == set(BESIDE_SOURCES)
    assert {path.name for path in PACKED.iterdir()} == {packed(crate).name for crate in published}


@crates
def test_a_crate_holds_what_it_needs_and_nothing_else(crate: str) -> None:
    with tarfile.open(packed(crate)) as archive:
        files = {member.name.removeprefix(f"{crate}-{VERSION}/") for member in archive if member.isfile()}
    folder = ROOT / "crates" / crate

    def those(pattern: str) -> list[str]:
        return [str(path.relative_to(folder)) for path in folder.glob(pattern)]

    sources = those("src/**/*.rs")
    assert len(sources) > 5
    beside = {pattern: those(pattern) for pattern in BESIDE_SOURCES[crate]}
    assert all(beside.values()), beside
    assert files == {*CARGOS, "LICENSE", "README.md", *sources, *(name for names in beside.values() for name in names)}


@crates
def test_a_crate_says_what_it_is(crate: str, tmp_path: Path) -> None:
    folder = unpack(crate, tmp_path)
    package = tomllib.loads((folder / "Cargo.toml").read_text("utf-8"))["package"]
    for field in ("description", "license", "readme", "homepage", "authors", "keywords", "categories", "rust-version"):
        assert package.get(field), f"no {field}"
    assert package["version"] == VERSION
    assert (folder / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    assert (folder / "README.md").read_text("utf-8").startswith(f"# {crate}\n")


PROGRAM = """
use renumerate::{Client, Customer, RetentionSessionRequest, SubscriptionSessionRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = renumerate_sandbox::Sandbox::start().await?;
    let client = Client::builder().private_key(sandbox.private_key()).base_url(sandbox.url()).build()?;
    let request = RetentionSessionRequest::new(Customer::by_id("cus_1")?);
    let session = client.create_retention_session(&request).await?;
    println!("{}", sandbox.session(session.id().as_str()).is_some());

    let request = SubscriptionSessionRequest::new(Customer::by_id("cus_2")?);
    let session = client.create_subscription_session(&request).await?;
    println!("{}", sandbox.session(session.id().as_str()).is_some());
    Ok(())
}
"""


def test_a_project_builds_and_runs_with_them(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    (project / "src/main.rs").write_text(PROGRAM, "utf-8")
    patches = [f'{crate} = {{ path = "{unpack(crate, tmp_path)}" }}' for crate in ("renumerate", "renumerate-sandbox")]
    lines = [
        "[package]",
        'name = "packed-crates-consumer"',
        'edition = "2024"',
        "[dependencies]",
        f'renumerate = "{VERSION}"',
        f'renumerate-sandbox = "{VERSION}"',
        'tokio = { version = "1", features = ["macros", "rt-multi-thread"] }',
        "[patch.crates-io]",
        *patches,
    ]
    (project / "Cargo.toml").write_text("\n".join(lines), "utf-8")
    # The same versions as here, which cargo has fetched.
    shutil.copy(ROOT / "Cargo.lock", project)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target")}
    resolve = ["cargo", "metadata", "--format-version=1", "--offline"]
    subprocess.run(resolve, cwd=project, stdout=subprocess.DEVNULL, check=True)
    said = subprocess.run(
        ["cargo", "run", "--quiet", "--locked", "--offline"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stdout.split()) == (0, ["true", "true"]), said.stderr
