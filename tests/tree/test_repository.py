"""A release writes the URL of its repository into each package. The files of the repository do not contain it."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import repository
import tomllib
from scratch import Tree, copied

URL = "https://example.com/someone/renumerate-sdk"
OTHER_URL = "https://example.com/someone/renumerate-sdk-fork"
METADATA = {
    "python/a.whl": "a.dist-info/METADATA",
    "python/a.tar.gz": "a/PKG-INFO",
    "node/a.tgz": "package/package.json",
    "rust/a.crate": "a/Cargo.toml",
    "jvm/com/renumerate/a/1/a-1.pom": "",
}
"""The path of a package of each kind, and of its metadata inside it."""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copied(tmp_path)


def test_write_sets_the_url_in_each_manifest(tree: Tree) -> None:
    # The second URL replaces the first.
    for url in (OTHER_URL, URL):
        done = tree.run("packages/repository.py", "write", url)
        assert done.returncode == 0, done.stderr

    command = ["cargo", "metadata", "--offline", "--locked", "--no-deps", "--format-version", "1"]
    metadata = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=True).stdout
    crates = {crate["name"]: crate for crate in json.loads(metadata)["packages"]}
    published = {name for name, crate in crates.items() if crate["publish"] is None}
    assert published == set(repository.CRATES)
    assert {crates[name]["repository"] for name in published} == {URL}

    for folder in ("bindings/python", "bindings/python/sandbox"):
        project = tomllib.loads(tree.read(f"{folder}/pyproject.toml"))["project"]
        assert project["urls"]["Repository"] == URL
    for folder in ("bindings/node", "bindings/node/sandbox"):
        package = json.loads(tree.read(f"{folder}/package.json"))
        assert package["repository"] == {"type": "git", "url": f"git+{URL}.git", "directory": folder}
    assert not [path for path in repository.MANIFESTS if OTHER_URL in tree.read(path)]


def test_write_removes_no_other_lines(tree: Tree) -> None:
    before = {path: tree.read(path) for path in repository.MANIFESTS}
    assert tree.run("packages/repository.py", "write", URL).returncode == 0
    for path, text in before.items():
        if not path.endswith(".json"):
            removed = set(text.splitlines()) - set(tree.read(path).splitlines())
            assert not removed, path
        else:
            package: dict[str, Any] = json.loads(tree.read(path))
            del package["repository"]
            assert package == json.loads(text)


@pytest.mark.parametrize("url", ["", "someone/renumerate-sdk", "https://example.com/a", f"{URL}/", f'{URL}"\nevil = "'])
def test_invalid_url_is_refused(tree: Tree, url: str) -> None:
    refused = tree.run("packages/repository.py", "write", url)
    assert refused.returncode != 0
    assert tree.read("Cargo.toml") == (repository.ROOT / "Cargo.toml").read_text("utf-8")


def create_packages(folder: Path, url: str) -> None:
    """Creates a package of each kind with only the URL as metadata, and an archive of the command, without metadata."""
    for path, member in {**METADATA, "command/a.tar.gz": "renumerate"}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".pom"):
            file.write_text(url)
        elif path.endswith(".whl"):
            with zipfile.ZipFile(file, "w") as wheel:
                wheel.writestr(member, url)
        else:
            entry = tarfile.TarInfo(member)
            entry.size = len(url.encode())
            with tarfile.open(file, "w:gz") as archive:
                archive.addfile(entry, io.BytesIO(url.encode()))


def test_check_accepts_packages_with_the_url(tmp_path: Path) -> None:
    create_packages(tmp_path, URL)
    repository.check(URL, tmp_path)


@pytest.mark.parametrize("path", METADATA)
def test_check_reports_a_package_without_the_url(tmp_path: Path, path: str) -> None:
    create_packages(tmp_path / "packages", URL)
    create_packages(tmp_path / "others", OTHER_URL)
    package = tmp_path / "packages" / path
    (tmp_path / "others" / path).replace(package)
    with pytest.raises(SystemExit) as error:
        repository.check(URL, tmp_path / "packages")
    assert str(error.value).startswith(f"{package} does not contain {URL}")
    package.unlink()
    with pytest.raises(SystemExit, match=r"^no "):
        repository.check(URL, tmp_path / "packages")
