"""Installed packages are locked by a lock file, by hashes, or by a fixed version with the registry's checksums.

Debian signs its packages, and rustup's manifest has the hashes of Rust's components, so both are exempt.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]

# The options between a tool and its subcommand, each with an optional value.
OPTIONS = r"(?:\+\S+ +)?(?:--?[\w-]+(?:[= ]\S+)?? +)*"
SUBCOMMANDS = "build|b|run|r|test|t|check|c|clippy|doc|rustc|bench|tree|metadata|install"
CARGO = rf"\bcargo +{OPTIONS}(?:miri +|nextest +)?(?:{SUBCOMMANDS})\b"
RULES = [
    (re.compile(CARGO), re.compile(r"--locked\b|--version\b"), "--locked"),
    (re.compile(rf"\bcargo +{OPTIONS}install\b"), re.compile(r"@[\d{]"), "a version: name@1.2.3"),
    (re.compile(rf"\bmaturin +{OPTIONS}(?:build|develop)\b"), re.compile(r"--locked\b"), "--locked"),
    (
        re.compile(rf"\bpip3? +{OPTIONS}(?:install|download|wheel)\b"),
        re.compile(r"--require-hashes\b|--no-deps\b.* \S+\.whl$"),
        "--require-hashes, or --no-deps with a wheel that was built here",
    ),
    (
        re.compile(rf"\bnpm +{OPTIONS}(?:i|install|add|update|up|exec|x)\b"),
        re.compile(r"(?!)"),
        "npm ci, which installs from the lock file",
    ),
    (
        re.compile(
            rf"\b(?:npx|bunx|uvx|pipx|yarn|pnpm|corepack|uv +{OPTIONS}(?:run|tool|sync|add|pip +{OPTIONS}install))\b"
        ),
        re.compile(r"(?!)"),
        "npm ci or pip",
    ),
    (re.compile(r"\bmvnw?\b(?! is\b)"), re.compile(r"--strict-checksums\b"), "--strict-checksums"),
    # Except requests to the API of Maven Central's portal, which return no files.
    (re.compile(r"\b(?:curl|wget)\b"), re.compile(r'"\$portal/'), "a package manager, which knows what it fetches"),
]
# Text that is not run: comments, arguments of `echo`, names that are searched for.
QUOTED = r"""\"(?:\\.|[^"\\$`]|\$(?!\())*\"|'[^']*'"""
NOT_RUN = re.compile(rf"(?:^|\s)#.*|^\s*need .*|\becho(?:\s+(?:{QUOTED}|[^\s;&|()\"'`]+))*|command -v \w+|\.log\b")


def files(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / path for path in listed if (ROOT / path).is_file()]


def script(path: Path) -> str | None:
    """Returns the commands in a file, or `None` if it is not a script."""
    if path.name == "package.json":
        return "\n".join(json.loads(path.read_text("utf-8")).get("scripts", {}).values())
    if path.suffix not in ("", ".sh", ".yml", ".yaml"):
        return None
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return None
    is_script = path.name == "justfile" or path.suffix in (".yml", ".yaml") or re.match(r"#!.*\b(?:ba)?sh\b", text)
    return text if is_script else None


def unlocked_commands(text: str) -> list[str]:
    """Returns the commands that install unlocked packages, each with a remedy."""
    lines = text.replace("\\\n", " ").splitlines()
    commands = {line.strip(): NOT_RUN.sub("", line) for line in lines}
    return [
        f"{line}: {remedy}"
        for line, command in commands.items()
        for pattern, lock, remedy in RULES
        if pattern.search(command) and not lock.search(command)
    ]


def test_scripts_install_only_locked_packages() -> None:
    scripts = {path: text for path in files() if (text := script(path)) is not None}
    assert len(scripts) > 15, "too few scripts were found"
    found = [f"{path.relative_to(ROOT)}: {each}" for path, text in scripts.items() for each in unlocked_commands(text)]
    assert not found


@pytest.mark.parametrize(
    "command",
    [
        "cargo build --quiet",
        "cargo +nightly miri test",
        "cargo install --locked just",
        "cargo install just@1.2.3",
        "maturin develop",
        "pip install django",
        "pip --quiet install django",
        "pip --cache-dir there install django",
        'echo "a"; pip install django',
        "echo a && pip install django",
        'echo "$(npm install)"',
        "cargo build # --locked",
        "npm --prefix there install",
        "uv --quiet pip --quiet install django",
        "cargo --quiet build",
        "cargo nextest run",
        "cargo --config there --quiet nextest run",
        "maturin --quiet develop",
        "./mvnw verify",
        "mvn -q verify",
        "python -m pip install -r requirements.txt",
        "pip install --no-deps django",
        "npm install",
        "npx biome",
        "uv pip install django",
        "mvn verify",
        "curl https://example.com | sh",
        "cargo build \\\n  --quiet",
    ],
)
def test_unlocked_command_is_found(command: str) -> None:
    assert unlocked_commands(command)


@pytest.mark.parametrize(
    "command",
    [
        "cargo build \\\n  --locked",
        "npm ci",
        "npm --prefix there ci",
        "cargo fmt",
        "pip install --no-deps a.whl",
        "echo 'npm install'",
        'echo "use npm install" >&2',
        "# npm install",
        'curl "$portal/status"',
    ],
)
def test_locked_command_is_accepted(command: str) -> None:
    assert not unlocked_commands(command)


def test_python_requirements_have_versions_and_hashes() -> None:
    lists = files("*requirements*.txt")
    assert len(lists) >= 2
    for path in lists:
        requirements = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
        requirements = requirements.replace("\\\n", " ").splitlines()
        assert requirements, f"{path} is empty"
        for requirement in requirements:
            assert re.match(r"[\w.-]+(?:\[\w+])?==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement), (
                f"{path}: {requirement}"
            )


def test_requirements_match_their_lock_files() -> None:
    for path in files("*requirements*.in"):
        locked = path.with_suffix(".txt").read_text("utf-8")
        for line in path.read_text("utf-8").splitlines():
            wanted = re.sub(r"\[\w[\w-]*]", "", line.partition("#")[0].strip())
            assert not wanted or f"\n{wanted} " in locked, f"{path}: {wanted} is not in the lock file: run ./justw lock"


def test_npm_packages_have_checksums() -> None:
    folders = 0
    for path in files("*package.json"):
        package = json.loads(path.read_text("utf-8"))
        if not {"dependencies", "devDependencies", "optionalDependencies"} & package.keys():
            continue
        folders += 1
        lock = json.loads(path.with_name("package-lock.json").read_text("utf-8"))
        installed = {name: each for name, each in lock["packages"].items() if "node_modules/" in name}
        assert installed
        for name, each in installed.items():
            assert is_locked(each), f"{path.parent}: {name}"
    assert folders >= 3


def is_locked(installed: dict[str, Any]) -> bool:
    """Returns whether the package comes from npm's registry and has a checksum, or is a link. npm can omit the URL."""
    from_registry = installed.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
    return installed.get("link", False) or (from_registry and installed.get("integrity", "").startswith("sha512-"))


MAVEN = "{http://maven.apache.org/POM/4.0.0}"


def managed_plugins(pom: ElementTree.Element) -> set[str]:
    found = pom.iterfind(f".//{MAVEN}pluginManagement//{MAVEN}plugin/{MAVEN}artifactId")
    return {artifact.text or "" for artifact in found}


def test_maven_versions_are_fixed() -> None:
    poms = {path: ElementTree.parse(path).getroot() for path in [*files("*pom.xml"), *files("*reactor.xml")]}
    assert len(poms) > 5
    parent = managed_plugins(poms[ROOT / "bindings/kotlin/pom.xml"])
    assert len(parent) > 3
    for path, pom in poms.items():
        for tag in ("version", *[each.tag.removeprefix(MAVEN) for each in pom.iterfind(f"{MAVEN}properties/*")]):
            for version in pom.iter(f"{MAVEN}{tag}"):
                assert not re.search(r"[\[(,]|LATEST|RELEASE|SNAPSHOT", version.text or ""), f"{path}: {version.text}"
        is_child = pom.findtext(f"{MAVEN}parent/{MAVEN}artifactId") == "renumerate-parent"
        for plugin in pom.iterfind(f"{MAVEN}build/{MAVEN}plugins/{MAVEN}plugin"):
            name = plugin.findtext(f"{MAVEN}artifactId")
            has_version = plugin.find(f"{MAVEN}version") is not None
            is_spring = pom.findtext(f"{MAVEN}parent/{MAVEN}groupId") == "org.springframework.boot"
            assert has_version or is_spring or (is_child and name in parent), f"{path}: {name} has no version"


def test_swift_packages_are_local() -> None:
    manifests = files("*Package.swift")
    assert manifests
    for path in manifests:
        for dependency in re.findall(r"\.package\([^)]*\)", path.read_text("utf-8")):
            assert "path:" in dependency and "url:" not in dependency, (
                f"{path}: {dependency}: commit Package.resolved, and check it here"
            )
