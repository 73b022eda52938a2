"""Publishing to crates.io and GitHub: fake `cargo` and `gh` programs record their arguments."""

from __future__ import annotations

import os
import subprocess

import changelog
import pytest
import versions
from scratch import Tree, copied

GH = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
"release view "*) [ -n "$DRAFT" ] && echo "$DRAFT" ;;
"release create "*) while [ "$1" != --notes-file ]; do shift; done; cat "$2" >"$CALLS.notes" ;;
esac
"""
CARGO = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
info*) case " $PUBLISHED " in *" $5 "*) ;; *) exit 101 ;; esac ;;
package*) mkdir -p target/package && cp ../crates/* target/package && printf "$CHANGE" >>target/package/b-1.2.3.crate ;;
esac
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A copy of the repository with a released version. Next to it are fake programs and packed crates."""
    folder = tmp_path_factory.mktemp("release")
    tree = copied(folder / "tree")
    version = versions.workspace_version(tree.root)
    if version not in changelog.released_versions(tree.read("CHANGELOG.md")):
        assert tree.run("packages/set_version.py", version).returncode == 0
    for name, text in {"gh": GH, "cargo": CARGO}.items():
        program = folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(text, "utf-8")
        program.chmod(0o755)
    (folder / "crates").mkdir()
    for name in ("a", "b", "b-c"):
        (folder / f"crates/{name}-1.2.3.crate").write_text(name, "utf-8")
    return tree


def run(tree: Tree, script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    folder = tree.root.parent
    path = f"{folder / 'programs'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CALLS": str(folder / "calls"), **variables}
    command = [tree.root / script, *arguments]
    return subprocess.run(command, cwd=tree.root, env=environment, capture_output=True, text=True, check=False)


def calls(tree: Tree, script: str, *arguments: str, **variables: str) -> list[str]:
    """Returns the arguments of each call of a fake program."""
    record = tree.root.parent / "calls"
    record.unlink(missing_ok=True)
    done = run(tree, script, *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return record.read_text("utf-8").splitlines()


def test_github_release_is_published_after_all_uploads(tree: Tree) -> None:
    version = versions.workspace_version(tree.root)
    _view, create, edit = calls(tree, "packages/publish-github", f"v{version}", "a.zip", "b.json", DRAFT="")
    assert create.startswith(f"release create v{version} --draft --verify-tag --title {version} --notes-file ")
    assert create.endswith(" a.zip b.json")
    assert edit == f"release edit v{version} --draft=false"
    notes = (tree.root.parent / "calls.notes").read_text("utf-8")
    assert notes.strip() == changelog.release_notes(tree.read("CHANGELOG.md"), version)


@pytest.mark.parametrize(("draft", "is_deleted"), [("true", True), ("false", False)])
def test_only_a_draft_is_replaced(tree: Tree, draft: str, is_deleted: bool) -> None:
    tag = f"v{versions.workspace_version(tree.root)}"
    commands = calls(tree, "packages/publish-github", tag, "a.zip", DRAFT=draft)
    assert (f"release delete {tag} --yes" in commands) == is_deleted


def test_crates_are_published_together(tree: Tree) -> None:
    *lookups, package, publish = calls(tree, "packages/publish-crates", "../crates", PUBLISHED="", CHANGE="")
    assert lookups == [f"info --quiet --registry crates-io {name}@1.2.3" for name in ("a", "b", "b-c")]
    options = "--locked --no-verify --allow-dirty --package a --package b --package b-c"
    assert (package, publish) == (f"package --quiet {options}", f"publish {options}")


def test_published_crates_are_skipped(tree: Tree) -> None:
    *_lookups, publish = calls(tree, "packages/publish-crates", "../crates", PUBLISHED="a@1.2.3 b@1.2.3", CHANGE="")
    assert publish == "publish --locked --no-verify --allow-dirty --package b-c"
    published = "a@1.2.3 b@1.2.3 b-c@1.2.3"
    commands = calls(tree, "packages/publish-crates", "../crates", PUBLISHED=published, CHANGE="")
    assert len(commands) == 3 and all(command.startswith("info ") for command in commands)


def test_crate_that_differs_from_the_tested_file_is_not_published(tree: Tree) -> None:
    failed = run(tree, "packages/publish-crates", "../crates", PUBLISHED="", CHANGE="changed")
    assert failed.returncode != 0 and "b-1.2.3.crate" in failed.stderr
    *_lookups, last = (tree.root.parent / "calls").read_text("utf-8").splitlines()
    assert last.startswith("package ")
