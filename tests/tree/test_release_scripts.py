"""The scripts that publish at crates.io and GitHub: programs in place of cargo and gh write down what they are told."""

from __future__ import annotations

import os
import subprocess

import changelog
import pytest
import versions
from scratch import Tree, copied

GH = """#!/bin/sh
echo "$*" >>"$TOLD"
case "$*" in
"release view "*) [ -n "$DRAFT" ] && echo "$DRAFT" ;;
"release create "*) while [ "$1" != --notes-file ]; do shift; done; cat "$2" >"$TOLD.notes" ;;
esac
"""
CARGO = """#!/bin/sh
echo "$*" >>"$TOLD"
case "$*" in
info*) case " $THERE " in *" ${5%@*} "*) ;; *) exit 101 ;; esac ;;
esac
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree that is released, and a folder of programs beside it."""
    beside = tmp_path_factory.mktemp("release")
    tree = copied(beside / "tree")
    version = versions.workspace_version(tree.root)
    if version not in changelog.released_versions(tree.read("CHANGELOG.md")):
        assert tree.run("packages/set_version.py", version).returncode == 0
    programs = beside / "programs"
    programs.mkdir()
    for name, text in {"gh": GH, "cargo": CARGO}.items():
        (programs / name).write_text(text, "utf-8")
        (programs / name).chmod(0o755)
    return tree


def told(tree: Tree, script: str, *arguments: str, **variables: str) -> list[str]:
    """What the programs were told by it."""
    beside = tree.root.parent
    (beside / "told").unlink(missing_ok=True)
    path = f"{beside / 'programs'}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TOLD": str(beside / "told"), **variables}
    done = subprocess.run([tree.root / script, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (beside / "told").read_text("utf-8").splitlines()


def test_a_release_shows_when_all_of_it_is_there(tree: Tree) -> None:
    version = versions.workspace_version(tree.root)
    _view, create, edit = told(tree, "packages/publish-github", f"v{version}", "a.zip", "b.json", DRAFT="")
    assert create.startswith(f"release create v{version} --draft --verify-tag --title {version} --notes-file ")
    assert create.endswith(" a.zip b.json")
    assert edit == f"release edit v{version} --draft=false"
    notes = (tree.root.parent / "told.notes").read_text("utf-8")
    assert notes.strip() == changelog.release_notes(tree.read("CHANGELOG.md"), version)


@pytest.mark.parametrize(("draft", "goes"), [("true", True), ("false", False)])
def test_a_draft_that_was_left_is_made_anew(tree: Tree, draft: str, goes: bool) -> None:
    tag = f"v{versions.workspace_version(tree.root)}"
    commands = told(tree, "packages/publish-github", tag, "a.zip", DRAFT=draft)
    assert (f"release delete {tag} --yes" in commands) == goes


def test_all_crates_are_published_at_once(tree: Tree) -> None:
    *_asked, publish = told(tree, "packages/publish-crates", THERE="")
    crates = "--package renumerate --package renumerate-sandbox --package renumerate-cli"
    assert publish == f"publish --locked --no-verify --allow-dirty {crates}"


def test_a_crate_that_is_there_is_passed_over(tree: Tree) -> None:
    *_asked, publish = told(tree, "packages/publish-crates", THERE="renumerate renumerate-sandbox")
    assert publish.endswith("--allow-dirty --package renumerate-cli")
    commands = told(tree, "packages/publish-crates", THERE="renumerate renumerate-sandbox renumerate-cli")
    assert len(commands) == 3 and all(command.startswith("info ") for command in commands)
