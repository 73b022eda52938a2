"""The version stands in one place, and wherever else it is said it is the same: `./justw version` sees to that."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import changelog
import pytest
import versions
from scratch import Tree, copied

ANOTHER = "770.771.772"
TODAY = datetime.datetime.now(datetime.UTC).date


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return copied(tmp_path)


def test_every_place_says_what_cargo_says() -> None:
    assert not versions.complaints()


def test_no_place_is_overlooked() -> None:
    assert not versions.overlooked()


def test_the_changelogs_newest_version_is_this_one() -> None:
    released = changelog.versions(changelog.FILE.read_text("utf-8"))
    assert not released or released[0] == versions.ruling()


@pytest.mark.parametrize(
    "said",
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
def test_such_a_place_is_seen(said: str) -> None:
    text = f"above\n{said.format(ANOTHER)}\nbelow"
    [statement] = versions.stated_in("a-file", text)
    assert statement.version == ANOTHER
    assert text[statement.start : statement.end] == ANOTHER
    assert ANOTHER in text.split("\n")[statement.line - 1]


@pytest.mark.parametrize(
    "said",
    [
        'serde = "{}"',
        '"node_modules/next": {{\n      "version": "{}"',
        "<groupId>com.example</groupId>\n  <artifactId>shop</artifactId>\n  <version>{}</version>",
        "uses: actions/checkout # v{}",
        "pip install django=={}",
        "npm install ./renumerate-node-{}.5.tgz",
    ],
)
def test_others_versions_are_not(said: str) -> None:
    assert not versions.stated_in("a-file", said.format(ANOTHER))


# One of each kind; the line is that of the version within what is looked for.
STATEMENTS = {
    "Cargo.toml": 'renumerate-sandbox = { path = "crates/renumerate-sandbox", version = "',
    "Cargo.lock": 'name = "renumerate-fuzz"\nversion = "',
    "bindings/kotlin/README.md": "<artifactId>renumerate-kotlin</artifactId>\n  <version>",
    "bindings/kotlin/client/pom.xml": "<artifactId>renumerate-parent</artifactId>\n    <version>",
    "bindings/kotlin/examples/spring-boot/pom.xml": "<artifactId>renumerate-kotlin</artifactId>\n      <version>",
    "bindings/node/README.md": "npm install ./renumerate-node-",
    "bindings/node/package.json": '"@renumerate/sandbox": "',
    "bindings/node/package-lock.json": '"name": "@renumerate/node",\n  "version": "',
    "bindings/node/sandbox/package.json": '"name": "@renumerate/sandbox",\n  "version": "',
    "crates/renumerate-sandbox/openapi.json": '    "version": "',
    "tests/bench/kotlin/reactor.xml": "<artifactId>renumerate-bench-reactor</artifactId>\n  <version>",
    "tests/vectors/RULES.md": "(core ",
}


@pytest.mark.parametrize(("path", "before"), STATEMENTS.items())
def test_a_place_that_differs_is_named_with_its_line(tree: Tree, path: str, before: str) -> None:
    text = tree.read(path)
    at = text.index(before) + len(before)
    line = text.count("\n", 0, at) + 1
    version = versions.ruling(tree.root)
    assert text[at:].startswith(version)
    (tree.root / path).write_text(text[:at] + ANOTHER + text[at + len(version) :], "utf-8")
    [complaint] = versions.complaints(tree.root)
    assert complaint.startswith(f"{path}:{line} says {ANOTHER}, and Cargo.toml {version}: ")


def test_a_place_that_nobody_knows_is_named(tree: Tree) -> None:
    (tree.root / "docs/new.md").write_text(f"\nRenumerate,\nwhich is\nat {versions.ruling(tree.root)}.\n", "utf-8")
    [complaint] = versions.overlooked(tree.root)
    assert complaint.startswith("docs/new.md:4 is not known")


def test_raised_it_is_another_everywhere(tree: Tree) -> None:
    before, places = versions.ruling(tree.root), versions.stated(tree.root)
    news = changelog.section(tree.read("CHANGELOG.md"), changelog.UNRELEASED)
    if not news:
        tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.")
    days = [TODAY()]
    done = tree.run("packages/version.py", ANOTHER)
    days.append(TODAY())
    assert done.returncode == 0, done.stderr

    assert versions.ruling(tree.root) == ANOTHER
    after = versions.stated(tree.root)
    assert [(each.path, each.line) for each in after] == [(each.path, each.line) for each in places]
    assert {each.version for each in after} == {ANOTHER}
    assert not versions.overlooked(tree.root)
    # Beside us nothing holds the old one: neither what is known nor what is not.
    (tree.root / "Cargo.toml").write_text(tree.read("Cargo.toml").replace(ANOTHER, before), "utf-8")
    assert not versions.overlooked(tree.root)

    text = tree.read("CHANGELOG.md")
    assert changelog.section(text, changelog.UNRELEASED) == ""
    assert any(f"## {ANOTHER} - {day.isoformat()}\n" in text for day in days)
    assert changelog.versions(text)[0] == ANOTHER
    assert changelog.notes(text, ANOTHER) == (news or "- News.")


def test_what_was_released_is_not_released_again(tree: Tree) -> None:
    tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.\n")
    assert tree.run("packages/version.py", ANOTHER).returncode == 0
    text = tree.read("CHANGELOG.md")
    # Said again it sets right what was forgotten, and no more.
    tree.replace("bindings/node/sandbox/package.json", ANOTHER, "0.0.9")
    assert tree.run("packages/version.py", ANOTHER).returncode == 0
    assert not versions.complaints(tree.root)
    assert tree.read("CHANGELOG.md") == text
    # A new one without news is none.
    refused = tree.run("packages/version.py", "770.772.0")
    assert refused.returncode != 0 and "says nothing below" in refused.stderr
    assert versions.ruling(tree.root) == ANOTHER


@pytest.mark.parametrize("version", ["", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.3-rc.1", "1.02.3", "1.2.3.", "0.0.0"])
def test_such_a_version_is_refused(tree: Tree, version: str) -> None:
    before = versions.ruling(tree.root)
    refused = tree.run("packages/version.py", version)
    assert refused.returncode != 0 and ("usage:" in refused.stderr or f"below {before}" in refused.stderr)
    assert versions.ruling(tree.root) == before


LOG = "# Changelog\n\n## Unreleased\n\n- c\n\n## 1.1.0 - 2026-02-01\n\n### Rust\n- b\n\n## 1.0.0 - 2026-01-01\n\n- a\n"


@pytest.mark.parametrize(("version", "said"), [("1.1.0", "### Rust\n- b"), ("1.0.0", "- a")])
def test_the_notes_of_a_version_are_its_own(tree: Tree, version: str, said: str) -> None:
    (tree.root / "CHANGELOG.md").write_text(LOG, "utf-8")
    done = tree.run("packages/changelog.py", version)
    assert (done.returncode, done.stdout) == (0, f"{said}\n")


def test_the_changelog_takes_no_version_twice() -> None:
    with pytest.raises(SystemExit, match=r"has 1\.1\.0 already"):
        changelog.released(LOG, "1.1.0", TODAY())


@pytest.mark.parametrize("version", ["1.2.0", "1.1", "Unreleased", "1.1.0 - 2026-02-01\n"])
def test_of_an_unknown_version_there_are_none(tree: Tree, version: str) -> None:
    (tree.root / "CHANGELOG.md").write_text(LOG, "utf-8")
    done = tree.run("packages/changelog.py", version)
    assert done.returncode != 0 and not done.stdout and "says nothing of" in done.stderr


def test_the_changelog_has_the_form_that_is_read() -> None:
    heads = re.findall(r"^## .*$", changelog.FILE.read_text("utf-8"), re.MULTILINE)
    assert heads[0] == changelog.UNRELEASED
    assert all(changelog.RELEASED.fullmatch(head) for head in heads[1:]), heads


def test_only_the_versions_own_tag_is_released(tree: Tree) -> None:
    unreleased = tree.run("packages/check_tag.py", f"v{versions.ruling(tree.root)}")
    has_notes = versions.ruling(tree.root) in changelog.versions(tree.read("CHANGELOG.md"))
    assert (unreleased.returncode == 0) == has_notes
    tree.replace("CHANGELOG.md", changelog.UNRELEASED, f"{changelog.UNRELEASED}\n\n- News.\n")
    assert tree.run("packages/version.py", ANOTHER).returncode == 0
    for arguments in ([], [f"v{ANOTHER}"]):
        done = tree.run("packages/check_tag.py", *arguments)
        assert (done.returncode, done.stdout) == (0, f"{ANOTHER}\n"), done.stderr
    for tag in (ANOTHER, f"v{ANOTHER}.1"):
        refused = tree.run("packages/check_tag.py", tag)
        assert refused.returncode != 0 and f"the tag is {tag}, and Cargo.toml says {ANOTHER}" in refused.stderr
    tree.replace("bindings/node/sandbox/package.json", ANOTHER, "0.0.9")
    assert "bindings/node/sandbox/package.json:3 says 0.0.9" in tree.run("packages/check_tag.py").stderr
