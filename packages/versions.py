"""The version, which the root Cargo.toml rules, and every other place that states it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

# A version, whole: of 1.2.30 the 1.2.3 is none.
VERSION = r"(?P<version>(?<![\d.])\d+\.\d+\.\d+(?!\d|\.\d))"
RULES = re.compile(rf'^\[workspace\.package]\nversion = "{VERSION}"', re.MULTILINE)

# What states our version, by what it stands beside.
ANYWHERE = [
    # In the manifests of Rust, and of those who use the crates.
    re.compile(rf'^renumerate[\w-]* = "[=^~]?{VERSION}"', re.MULTILINE),
    re.compile(rf'^renumerate[\w-]* = \{{[^}}\n]*\bversion = "[=^~]?{VERSION}"', re.MULTILINE),
    # In those of npm, and in its lock files.
    re.compile(rf'"name": "@renumerate/[\w-]+",\s*"version": "{VERSION}"'),
    re.compile(rf'"node_modules/@renumerate/[\w-]+": \{{\s*"version": "{VERSION}"'),
    re.compile(rf'"@renumerate/[\w-]+": "[=^~]?{VERSION}"'),
    # In those of Maven and Gradle.
    re.compile(rf"<groupId>com\.renumerate</groupId>\s*<artifactId>[\w-]+</artifactId>\s*<version>{VERSION}</version>"),
    re.compile(rf"com\.renumerate:[\w-]+:{VERSION}"),
    # In those of Swift.
    re.compile(rf'url: "[^"]*[Rr]enumerate[^"]*",\s*(?:from|exact): "{VERSION}"'),
    # As pip and npm are told it, in names of files, and in the user agent.
    re.compile(rf"renumerate[\w-]*(?:\[\w+])?==v?{VERSION}"),
    re.compile(rf"@renumerate/[\w-]+@{VERSION}"),
    re.compile(rf"renumerate[-_][a-z_-]+[-/]{VERSION}"),
    re.compile(rf"\(core {VERSION}"),
]
IN_ONE_FILE = {
    "Cargo.toml": [RULES],
    "Cargo.lock": [re.compile(rf'^name = "renumerate[\w-]*"\nversion = "{VERSION}"\n(?!source)', re.MULTILINE)],
    "crates/renumerate-sandbox/openapi.json": [re.compile(rf'^    "version": "{VERSION}"', re.MULTILINE)],
}
# It tells of other versions too, and has a way of its own: see `changelog.py`.
CHANGELOG = "CHANGELOG.md"
LOCKS = ("Cargo.lock", "package-lock.json", "requirements.txt")


@dataclass(frozen=True, order=True)
class Statement:
    """A place that says which version this is."""

    path: str
    start: int
    end: int
    line: int
    version: str


def texts(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """The files of the tree that are text, by their paths."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    for path in filter(None, sorted(set(listed.split("\0")))):
        file = root / path
        if not file.is_file() or file.is_symlink():
            continue
        try:
            # As it is: what is written back differs in nothing but the versions.
            yield path, file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue


def stated_in(path: str, text: str) -> list[Statement]:
    if path == CHANGELOG:
        return []
    found = {
        match.span("version"): match["version"]
        for pattern in [*ANYWHERE, *IN_ONE_FILE.get(path, [])]
        for match in pattern.finditer(text)
    }
    return sorted(
        Statement(path, start, end, text.count("\n", 0, start) + 1, version) for (start, end), version in found.items()
    )


def stated(root: Path = ROOT) -> list[Statement]:
    return [statement for path, text in texts(root) for statement in stated_in(path, text)]


def ruling(root: Path = ROOT) -> str:
    """The version that Cargo.toml states for the workspace."""
    rules = RULES.search((root / "Cargo.toml").read_text("utf-8"))
    if rules is None:
        raise SystemExit("Cargo.toml states no version below [workspace.package]: put it first there")
    return rules["version"]


def complaints(root: Path = ROOT) -> list[str]:
    """The places that state another version than Cargo.toml does."""
    version = ruling(root)
    return [
        f"{each.path}:{each.line} says {each.version}, and Cargo.toml {version}: ./justw version {version}"
        for each in stated(root)
        if each.version != version
    ]


def overlooked(root: Path = ROOT) -> list[str]:
    """The places that seem to state the version, beside our name, and are none of those that are known.

    Lock files name others' versions, most of them; what they say of us is known by its form.
    """
    version = re.compile(rf"(?<![\w.]){re.escape(ruling(root))}(?!\w|\.\d)")
    found = []
    for path, text in texts(root):
        if path == CHANGELOG or path.endswith(LOCKS):
            continue
        known = {each.start for each in stated_in(path, text)}
        lines = text.split("\n")
        for match in version.finditer(text):
            number = text.count("\n", 0, match.start())
            around = "\n".join(lines[max(number - 3, 0) : number + 4])
            if match.start() not in known and "renumerate" in around.lower():
                found.append(f"{path}:{number + 1} is not known to packages/versions.py: {lines[number].strip()}")
    return found


def state(version: str, root: Path = ROOT) -> list[Statement]:
    """Writes the version to all of its places, and returns these as they were."""
    changed = []
    for path, text in texts(root):
        statements = stated_in(path, text)
        for each in reversed(statements):
            text = text[: each.start] + version + text[each.end :]
        if any(each.version != version for each in statements):
            (root / path).write_bytes(text.encode())
            changed += statements
    return changed
