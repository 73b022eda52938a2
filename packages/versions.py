"""Finds and sets the version in all files. The root Cargo.toml defines the version, and other files repeat it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

# A complete version: in 1.2.30, 1.2.3 is not a match.
VERSION = r"(?P<version>(?<![\d.])\d+\.\d+\.\d+(?!\d|\.\d))"
WORKSPACE_VERSION = re.compile(rf'^\[workspace\.package]\nversion = "{VERSION}"', re.MULTILINE)

PATTERNS = [
    # Cargo: dependencies on our crates.
    re.compile(rf'^renumerate[\w-]* = "[=^~]?{VERSION}"', re.MULTILINE),
    re.compile(rf'^renumerate[\w-]* = \{{[^}}\n]*\bversion = "[=^~]?{VERSION}"', re.MULTILINE),
    # npm: manifests, lock files and dependencies.
    re.compile(rf'"name": "@renumerate/[\w-]+",\s*"version": "{VERSION}"'),
    re.compile(rf'"node_modules/@renumerate/[\w-]+": \{{\s*"version": "{VERSION}"'),
    re.compile(rf'"@renumerate/[\w-]+": "[=^~]?{VERSION}"'),
    # Maven and Gradle.
    re.compile(rf"<groupId>com\.renumerate</groupId>\s*<artifactId>[\w-]+</artifactId>\s*<version>{VERSION}</version>"),
    re.compile(rf"com\.renumerate:[\w-]+:{VERSION}"),
    # SwiftPM.
    re.compile(rf'url: "[^"]*[Rr]enumerate[^"]*",\s*(?:from|exact): "{VERSION}"'),
    # Arguments of pip and npm, file names, and the user agent.
    re.compile(rf"renumerate[\w-]*(?:\[\w+])?==v?{VERSION}"),
    re.compile(rf"@renumerate/[\w-]+@{VERSION}"),
    re.compile(rf"renumerate[-_][a-z_-]+[-/]{VERSION}"),
    re.compile(rf"\(core {VERSION}"),
]
FILE_PATTERNS = {
    "Cargo.toml": [WORKSPACE_VERSION],
    "Cargo.lock": [re.compile(rf'^name = "renumerate[\w-]*"\nversion = "{VERSION}"\n(?!source)', re.MULTILINE)],
    "crates/renumerate-sandbox/openapi.json": [re.compile(rf'^    "version": "{VERSION}"', re.MULTILINE)],
}
# The changelog names earlier versions too; `changelog.py` edits it.
CHANGELOG = "CHANGELOG.md"
LOCK_FILES = ("Cargo.lock", "package-lock.json", "requirements.txt")


@dataclass(frozen=True, order=True)
class Occurrence:
    """A version in a file. `start` and `end` are its offsets."""

    path: str
    start: int
    end: int
    line: int
    version: str


def text_files(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yields the path and text of each text file of the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    for path in filter(None, sorted(set(listed.split("\0")))):
        file = root / path
        if not file.is_file() or file.is_symlink():
            continue
        try:
            # Decode the bytes, because `read_text` would change line endings.
            yield path, file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue


def find_in(path: str, text: str) -> list[Occurrence]:
    """Returns the occurrences of our version in a text, by known patterns."""
    if path == CHANGELOG:
        return []
    found = {
        match.span("version"): match["version"]
        for pattern in [*PATTERNS, *FILE_PATTERNS.get(path, [])]
        for match in pattern.finditer(text)
    }
    return sorted(
        Occurrence(path, start, end, text.count("\n", 0, start) + 1, version) for (start, end), version in found.items()
    )


def find(root: Path = ROOT) -> list[Occurrence]:
    return [occurrence for path, text in text_files(root) for occurrence in find_in(path, text)]


def workspace_version(root: Path = ROOT) -> str:
    """Returns the version in the root Cargo.toml."""
    match = WORKSPACE_VERSION.search((root / "Cargo.toml").read_text("utf-8"))
    if match is None:
        raise SystemExit("Cargo.toml has no version: add it as the first line below [workspace.package]")
    return match["version"]


def mismatches(root: Path = ROOT) -> list[str]:
    """Returns a message for each occurrence that differs from the version in Cargo.toml."""
    version = workspace_version(root)
    return [
        f"{found.path}:{found.line} has version {found.version} instead of {version}: run ./justw version {version}"
        for found in find(root)
        if found.version != version
    ]


def unknown_occurrences(root: Path = ROOT) -> list[str]:
    """Returns a message for each place that seems to contain our version, but matches no pattern.

    Such a place is at most three lines away from our name. Lock files are skipped, because they contain the versions of
    many other packages.
    """
    version = re.compile(rf"(?<![\w.]){re.escape(workspace_version(root))}(?!\w|\.\d)")
    messages = []
    for path, text in text_files(root):
        if path == CHANGELOG or path.endswith(LOCK_FILES):
            continue
        known = {found.start for found in find_in(path, text)}
        lines = text.split("\n")
        for match in version.finditer(text):
            number = text.count("\n", 0, match.start())
            context = "\n".join(lines[max(number - 3, 0) : number + 4])
            if match.start() not in known and "renumerate" in context.lower():
                messages.append(
                    f"{path}:{number + 1} matches no pattern in packages/versions.py: {lines[number].strip()}"
                )
    return messages


def set_version(version: str, root: Path = ROOT) -> list[str]:
    """Sets the version at all occurrences. Returns the paths of the changed files."""
    changed = []
    for path, text in text_files(root):
        new_text = text
        for found in reversed(find_in(path, text)):
            new_text = new_text[: found.start] + version + new_text[found.end :]
        if new_text != text:
            (root / path).write_bytes(new_text.encode())
            changed.append(path)
    return changed
