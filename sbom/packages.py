"""Published packages, and the crate in each of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    file: str
    """The name of the SBOM, without `.cdx.json`."""
    purl: str
    """The purl without the version."""
    crate: str
    """The published crate itself, or the crate whose library or program for one platform is in the package."""
    is_source: bool = False
    """Whether users compile the package, on any platform."""
    maven: str | None = None
    """The Maven module of the package."""


CRATES = [
    Package("crate-renumerate", "pkg:cargo/renumerate", "renumerate", is_source=True),
    Package("crate-renumerate-sandbox", "pkg:cargo/renumerate-sandbox", "renumerate-sandbox", is_source=True),
    Package("crate-renumerate-cli", "pkg:cargo/renumerate-cli", "renumerate-cli", is_source=True),
]
PYTHON = [
    Package("python-renumerate-sdk", "pkg:pypi/renumerate-sdk", "renumerate-python"),
    Package("python-renumerate-sandbox", "pkg:pypi/renumerate-sandbox", "renumerate-cli"),
]
NODE = [
    Package("node-renumerate-node", "pkg:npm/%40renumerate/node", "renumerate-node"),
    Package("node-renumerate-sandbox", "pkg:npm/%40renumerate/sandbox", "renumerate-cli"),
]
MAVEN = [
    Package(
        "maven-renumerate-kotlin", "pkg:maven/com.renumerate/renumerate-kotlin", "renumerate-uniffi", maven="client"
    ),
    Package(
        "maven-renumerate-testing", "pkg:maven/com.renumerate/renumerate-testing", "renumerate-cli", maven="testing"
    ),
]
SWIFT = [Package("swift-Renumerate", "pkg:generic/Renumerate", "renumerate-uniffi")]

PACKAGES = {package.file: package for package in [*CRATES, *PYTHON, *NODE, *MAVEN, *SWIFT]}
