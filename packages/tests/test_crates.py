"""Published crates: their contents, and a project of a user that builds and runs with them.

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
OTHER_FILES = {
    "renumerate": ["examples/quickstart.rs", "src/tls/testdata/*.pem"],
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
CARGO_FILES = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig"]

crates = pytest.mark.parametrize("crate", OTHER_FILES)


def packed(crate: str) -> Path:
    path = PACKED / f"{crate}-{VERSION}.crate"
    assert path.exists(), f"{path} is missing: run packages/assemble"
    return path


def unpack(crate: str, folder: Path) -> Path:
    with tarfile.open(packed(crate)) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"{crate}-{VERSION}"


def test_each_published_crate_is_packed() -> None:
    command = ["cargo", "metadata", "--format-version=1", "--no-deps", "--locked", "--offline"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    published = {package["name"] for package in metadata["packages"] if package["publish"] != []}
    assert published == set(OTHER_FILES)
    assert {path.name for path in PACKED.iterdir()} == {packed(crate).name for crate in published}


@crates
def test_crate_contains_the_expected_files(crate: str) -> None:
    with tarfile.open(packed(crate)) as archive:
        files = {member.name.removeprefix(f"{crate}-{VERSION}/") for member in archive if member.isfile()}
    folder = ROOT / "crates" / crate

    def matches(pattern: str) -> list[str]:
        return [str(path.relative_to(folder)) for path in folder.glob(pattern)]

    sources = matches("src/**/*.rs")
    assert len(sources) > 5
    others = {pattern: matches(pattern) for pattern in OTHER_FILES[crate]}
    assert all(others.values()), others
    assert files == {
        *CARGO_FILES,
        "LICENSE",
        "README.md",
        *sources,
        *(name for names in others.values() for name in names),
    }


@crates
def test_crate_has_metadata_license_and_readme(crate: str, tmp_path: Path) -> None:
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


def test_project_builds_and_runs_with_packed_crates(tmp_path: Path) -> None:
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
    # Use the locked versions, which cargo has already downloaded.
    shutil.copy(ROOT / "Cargo.lock", project)
    environment = {**os.environ, "CARGO_TARGET_DIR": os.environ.get("CRATES_TARGET_DIR", str(ROOT / "target"))}
    resolve = ["cargo", "metadata", "--format-version=1", "--offline"]
    subprocess.run(resolve, cwd=project, stdout=subprocess.DEVNULL, check=True)
    result = subprocess.run(
        ["cargo", "run", "--quiet", "--locked", "--offline"],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.returncode, result.stdout.split()) == (0, ["true", "true"]), result.stderr
