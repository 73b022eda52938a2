"""The packages that are published, and what is in each of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    file: str
    """What its bill is called."""
    purl: str
    """Its address, but for the version."""
    crate: str
    """The crate that it is, or that it carries as a library or a program for one platform."""
    is_source: bool = False
    """It is built where it is used: on any platform."""
    maven: str | None = None
    """The module of Maven's that it is built from."""


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
