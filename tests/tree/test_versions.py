"""All files have the version of the root Cargo.toml, and `./justw version` sets it in all of them."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import changelog
import pytest
import versions
from scratch import Tree, copied

ANOTHER = "770.771.772"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copied(tmp_path)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def test_all_files_have_the_version_of_cargo_toml() -> None:
    assert not versions.mismatches()


def test_all_occurrences_match_a_pattern() -> None:
    assert not versions.unknown_occurrences()


def test_newest_changelog_version_is_the_current_one() -> None:
    released = changelog.released_versions(changelog.FILE.read_text("utf-8"))
    assert not released or released[0] == versions.workspace_version()


@pytest.mark.parametrize(
    "form",
    [
        'renumerate = "{}"',
        'renumerate-sandbox = {{ path = "there", version = "{}" }}',
        '"name": "@renumerate/node",\n  "version": "{}"',
        '"node_modules/@renumerate/sandbox": {{\n      "version": "{}"',
        '"@renumerate/node-linux-x64-gnu": "{}"',
        '"@renumerate/node": "^{}"',
        "<groupId>com.renumerate</groupId>\n  <artifactId>renumerate-kotlin</artifactId>\n  <version>{}</version>",
        'implementation("com.renumerate:renumerate-kotlin:{}")',
        '.package(url: "https://example.com/renumerate-sdk.git", from: "{}")',
        "pip install renumerate-sdk=={}",
        'pip install "renumerate-sdk[testing]=={}"',
        "npm install @renumerate/node@{}",
        "npm install ./renumerate-node-{}.tgz",
        "renumerate_sdk-{}-cp310-abi3-manylinux_2_17_x86_64.whl",
        "renumerate-python/1.2.3.4 (core {}; linux x86_64)",
    ],
)
def test_known_form_is_found(form: str) -> None:
    text = f"above\n{form.format(ANOTHER)}\nbelow"
    [found] = versions.find_in("a-file", text)
    assert found.version == ANOTHER
    assert text[found.start : found.end] == ANOTHER
    assert ANOTHER in text.split("\n")[found.line - 1]


@pytest.mark.parametrize(
    "form",
    [
        'serde = "{}"',
        '"node_modules/next": {{\n      "version": "{}"',
        "<groupId>com.example</groupId>\n  <artifactId>shop</artifactId>\n  <version>{}</version>",
        "uses: actions/checkout # v{}",
        "pip install django=={}",
        "npm install ./renumerate-node-{}.5.tgz",
    ],
)
def test_version_of_another_package_is_not_found(form: str) -> None:
    assert not versions.find_in("a-file", form.format(ANOTHER))


# One occurrence of each kind: the text before the version in a file.
OCCURRENCES = {
    "Cargo.toml": 'renumerate-sandbox = { path = "crates/renumerate-sandbox", version = "',
    "Cargo.lock": 'name = "renumerate-fuzz"\nversion = "',
    "bindings/kotlin/README.md": "<artifactId>renumerate-kotlin</artifactId>\n  <version>",
    "bindings/kotlin/client/pom.xml": "<artifactId>renumerate-parent</artifactId>\n    <version>",
    "bindings/kotlin/examples/spring-boot/pom.xml": "<artifactId>renumerate-kotlin</artifactId>\n      <version>",
    "bindings/node/README.md": "~/shop/renumerate-node-",
    "bindings/node/package.json": '"@renumerate/sandbox": "',
    "bindings/node/package-lock.json": '"name": "@renumerate/node",\n  "version": "',
    "bindings/node/sandbox/package.json": '"name": "@renumerate/sandbox",\n  "version": "',
    "crates/renumerate-sandbox/openapi.json": '    "version": "',
    "tests/bench/kotlin/reactor.xml": "<artifactId>renumerate-bench-reactor</artifactId>\n  <version>",
    "tests/vectors/RULES.md": "(core ",
}


@pytest.mark.parametrize(("path", "before"), OCCURRENCES.items())
def test_mismatch_is_reported_with_its_line(tree: Tree, path: str, before: str) -> None:
    text = tree.read(path)
    at = text.index(before) + len(before)
    line = text.count("\n", 0, at) + 1
    version = versions.workspace_version(tree.root)
    assert text[at:].startswith(version)
    (tree.root / path).write_text(text[:at] + ANOTHER + text[at + len(version) :], "utf-8")
    [message] = versions.mismatches(tree.root)
    assert message.startswith(f"{path}:{line} has version {ANOTHER} instead of {version}: ")


def test_unknown_form_is_reported(tree: Tree) -> None:
    version = versions.workspace_version(tree.root)
    (tree.root / "docs/new.md").write_text(f"\nRenumerate,\nwhich is\nat {version}.\n", "utf-8")
    [message] = versions.unknown_occurrences(tree.root)
    assert message.startswith("docs/new.md:4 matches no pattern")


def test_new_version_is_set_in_all_files(tree: Tree) -> None:
    before, occurrences = versions.workspace_version(tree.root), versions.find(tree.root)
    entries = changelog.section(tree.read("CHANGELOG.md"), changelog.UNRELEASED)
    if not entries:
        tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.")
    dates = [today()]
    done = tree.run("packages/set_version.py", ANOTHER)
    dates.append(today())
    assert done.returncode == 0, done.stderr

    assert versions.workspace_version(tree.root) == ANOTHER
    after = versions.find(tree.root)
    assert [(found.path, found.line) for found in after] == [(found.path, found.line) for found in occurrences]
    assert {found.version for found in after} == {ANOTHER}
    assert not versions.unknown_occurrences(tree.root)
    # The old version is left nowhere near our name, in no form.
    (tree.root / "Cargo.toml").write_text(tree.read("Cargo.toml").replace(ANOTHER, before), "utf-8")
    assert not versions.unknown_occurrences(tree.root)

    text = tree.read("CHANGELOG.md")
    assert changelog.section(text, changelog.UNRELEASED) == ""
    assert any(f"## {ANOTHER} - {date.isoformat()}\n" in text for date in dates)
    assert changelog.released_versions(text)[0] == ANOTHER
    assert changelog.release_notes(text, ANOTHER) == (entries or "- News.")


def test_released_version_is_not_released_again(tree: Tree) -> None:
    tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.\n")
    assert tree.run("packages/set_version.py", ANOTHER).returncode == 0
    text = tree.read("CHANGELOG.md")
    # Setting the same version again corrects files that differ, and leaves the changelog unchanged.
    tree.replace("bindings/node/sandbox/package.json", ANOTHER, "0.0.9")
    assert tree.run("packages/set_version.py", ANOTHER).returncode == 0
    assert not versions.mismatches(tree.root)
    assert tree.read("CHANGELOG.md") == text
    # A new version without changelog entries is refused.
    refused = tree.run("packages/set_version.py", "770.772.0")
    assert refused.returncode != 0 and "has no entries below" in refused.stderr
    assert versions.workspace_version(tree.root) == ANOTHER


@pytest.mark.parametrize("version", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc.1", "1.02.3", "1.2.3.", "0.0.0"])
def test_invalid_or_lower_version_is_refused(tree: Tree, version: str) -> None:
    before = versions.workspace_version(tree.root)
    refused = tree.run("packages/set_version.py", version)
    assert refused.returncode != 0
    assert "invalid version" in refused.stderr or f"lower than the current version: {before}" in refused.stderr
    assert versions.workspace_version(tree.root) == before


LOG = "# Changelog\n\n## Unreleased\n\n- c\n\n## 1.1.0 - 2026-02-01\n\n### Rust\n- b\n\n## 1.0.0 - 2026-01-01\n\n- a\n"


@pytest.mark.parametrize(("version", "notes"), [("1.1.0", "### Rust\n- b"), ("1.0.0", "- a")])
def test_release_notes_are_the_entries_of_the_version(tree: Tree, version: str, notes: str) -> None:
    (tree.root / "CHANGELOG.md").write_text(LOG, "utf-8")
    done = tree.run("packages/changelog.py", version)
    assert (done.returncode, done.stdout) == (0, f"{notes}\n")


def test_changelog_accepts_a_version_once() -> None:
    with pytest.raises(SystemExit, match=r"already contains version 1\.1\.0"):
        changelog.add_release(LOG, "1.1.0", today())


@pytest.mark.parametrize("version", ["1.2.0", "1.1", "Unreleased", "1.1.0 - 2026-02-01\n"])
def test_unknown_version_has_no_release_notes(tree: Tree, version: str) -> None:
    (tree.root / "CHANGELOG.md").write_text(LOG, "utf-8")
    done = tree.run("packages/changelog.py", version)
    assert done.returncode != 0 and not done.stdout and "has no entries for" in done.stderr


def test_changelog_headings_have_the_expected_form() -> None:
    headings = re.findall(r"^## .*$", changelog.FILE.read_text("utf-8"), re.MULTILINE)
    assert headings[0] == changelog.UNRELEASED
    assert all(changelog.RELEASE_HEADING.fullmatch(heading) for heading in headings[1:]), headings


def test_only_the_tag_of_the_version_is_accepted(tree: Tree) -> None:
    unreleased = tree.run("packages/check_tag.py", f"v{versions.workspace_version(tree.root)}")
    has_notes = versions.workspace_version(tree.root) in changelog.released_versions(tree.read("CHANGELOG.md"))
    assert (unreleased.returncode == 0) == has_notes
    tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.\n")
    assert tree.run("packages/set_version.py", ANOTHER).returncode == 0
    for arguments in ([], [f"v{ANOTHER}"]):
        done = tree.run("packages/check_tag.py", *arguments)
        assert (done.returncode, done.stdout) == (0, f"{ANOTHER}\n"), done.stderr
    for tag in (ANOTHER, f"v{ANOTHER}.1"):
        refused = tree.run("packages/check_tag.py", tag)
        assert refused.returncode != 0 and f"tag {tag} does not match version {ANOTHER}" in refused.stderr
    tree.replace("bindings/node/sandbox/package.json", ANOTHER, "0.0.9")
    assert "bindings/node/sandbox/package.json:3 has version 0.0.9" in tree.run("packages/check_tag.py").stderr
