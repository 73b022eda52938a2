"""A release says in every package where its sources are, and the tree itself says nothing that might be wrong."""

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
ELSEWHERE = "https://example.com/someone/renumerate-sdk-of-old"
PARENT = "renumerate-parent.pom"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copied(tmp_path)


def test_each_manifest_names_it(tree: Tree) -> None:
    # What was written before gives way.
    for url in (ELSEWHERE, URL):
        done = tree.run("packages/repository.py", "write", url)
        assert done.returncode == 0, done.stderr

    command = ["cargo", "metadata", "--offline", "--locked", "--no-deps", "--format-version", "1"]
    said = subprocess.run(command, cwd=tree.root, capture_output=True, text=True, check=True).stdout
    crates = {crate["name"]: crate for crate in json.loads(said)["packages"]}
    published = {name for name, crate in crates.items() if crate["publish"] is None}
    assert published == set(repository.CRATES)
    assert {crates[name]["repository"] for name in published} == {URL}

    for folder in ("bindings/python", "bindings/python/sandbox"):
        project = tomllib.loads(tree.read(f"{folder}/pyproject.toml"))["project"]
        assert project["urls"]["Repository"] == URL
    for folder in ("bindings/node", "bindings/node/sandbox"):
        package = json.loads(tree.read(f"{folder}/package.json"))
        assert package["repository"] == {"type": "git", "url": f"git+{URL}.git", "directory": folder}
    assert not [path for path in repository.MANIFESTS if ELSEWHERE in tree.read(path)]


def test_it_changes_nothing_else(tree: Tree) -> None:
    before = {path: tree.read(path) for path in repository.MANIFESTS}
    assert tree.run("packages/repository.py", "write", URL).returncode == 0
    for path, text in before.items():
        if not path.endswith(".json"):
            left = set(text.splitlines()) - set(tree.read(path).splitlines())
            assert not left, path
        else:
            package: dict[str, Any] = json.loads(tree.read(path))
            del package["repository"]
            assert package == json.loads(text)


@pytest.mark.parametrize("url", ["", "someone/renumerate-sdk", "https://example.com/a", f"{URL}/", f'{URL}"\nevil = "'])
def test_what_is_no_repository_is_refused(tree: Tree, url: str) -> None:
    refused = tree.run("packages/repository.py", "write", url)
    assert refused.returncode != 0
    assert tree.read("Cargo.toml") == (repository.ROOT / "Cargo.toml").read_text("utf-8")


def packed(folder: Path, url: str) -> dict[str, Path]:
    """A package of each kind that names it, as far as it is looked at."""

    def tar(name: str, member: str) -> Path:
        path = folder / name
        with tarfile.open(path, "w:gz") as archive:
            entry = tarfile.TarInfo(member)
            entry.size = len(url.encode())
            archive.addfile(entry, io.BytesIO(url.encode()))
        return path

    folder.mkdir()
    wheel, pom = folder / "a.whl", folder / PARENT
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a.dist-info/METADATA", url)
    pom.write_text(url)
    made = [wheel, tar("a.tar.gz", "a/PKG-INFO"), tar("a.tgz", "package/package.json"), tar("a.crate", "a/Cargo.toml")]
    return {path.name: path for path in [*made, pom]}


def test_packages_that_name_it_are_fine(tmp_path: Path) -> None:
    packed(tmp_path / "packages", URL)
    repository.check(URL, tmp_path)


@pytest.mark.parametrize("name", ["a.whl", "a.tar.gz", "a.tgz", "a.crate", PARENT])
def test_a_package_that_does_not_is_named(tmp_path: Path, name: str) -> None:
    right, wrong = packed(tmp_path / "packages", URL), packed(tmp_path / "wrong", ELSEWHERE)
    wrong[name].replace(right[name])
    for other in wrong.values():
        other.unlink(missing_ok=True)
    with pytest.raises(SystemExit) as refused:
        repository.check(URL, tmp_path)
    assert str(refused.value).startswith(f"{right[name]} does not name {URL}")
    right[name].unlink()
    with pytest.raises(SystemExit, match=r"^no "):
        repository.check(URL, tmp_path)
