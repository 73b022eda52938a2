"""Writes software bills of materials (SBOMs) in CycloneDX format: `write.py [--target TARGET] FOLDER [PACKAGE...]`.

Without packages, the SBOMs of all packages are written. Without a target, they are written for this machine.

An SBOM lists the crates that are linked into the native library or the program of a package. For jars, it also lists
the Maven dependencies, which CycloneDX's Maven plugin has written during the build. The SBOMs of a commit are
reproducible.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.bom_ref import BomRef
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from crates import ROOT, Crate, linked_crates
from packages import PACKAGES, Package

SCHEMA = SchemaVersion.V1_6


def output_of(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def component(crate: Crate) -> Component:
    checksum = crate.checksum
    return Component(
        type=ComponentType.LIBRARY,
        name=crate.name,
        version=crate.version,
        bom_ref=crate.purl,
        purl=PackageURL.from_string(crate.purl),
        licenses=[LicenseFactory().make_from_string(crate.license)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
    )


def package_component(package: Package, crate: Crate) -> Component:
    purl = PackageURL.from_string(f"{package.purl}@{crate.version}")
    is_program = crate.name == "renumerate-cli"
    return Component(
        type=ComponentType.APPLICATION if is_program else ComponentType.LIBRARY,
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        bom_ref=purl.to_string(),
        purl=purl,
        licenses=[LicenseFactory().make_from_string(crate.license)],
    )


def create_sbom(package: Package, target: str) -> Bom:
    crate, others = linked_crates(package.crate, "all" if package.is_source else target)
    root = package_component(package, crate)
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{root.purl} {output_of('git', 'rev-parse', 'HEAD')}"))
    bom.metadata.timestamp = datetime.fromisoformat(output_of("git", "log", "-1", "--format=%cI").strip())
    bom.metadata.component = root
    bom.metadata.tools.components.add(this_component())
    bom.components.update(map(component, others))
    for each in [crate, *others]:
        bom.dependencies.add(
            Dependency(BomRef(each.purl), [Dependency(BomRef(purl)) for purl in sorted(each.dependencies)])
        )
    if not package.is_source:
        bom.components.add(component(crate))
        bom.dependencies.add(
            Dependency(root.bom_ref, [Dependency(BomRef(crate.purl)), *add_maven_components(package, bom)])
        )
    return bom


def add_maven_components(package: Package, bom: Bom) -> Iterable[Dependency]:
    """Adds the Maven dependencies of a jar. Returns the direct ones."""
    if package.maven is None:
        return []
    path = ROOT / "bindings" / "kotlin" / package.maven / "target" / "bom.json"
    if not path.exists():
        raise SystemExit(f"{path} is missing: run `mvn package` in bindings/kotlin")
    maven_bom = Bom.from_json(json.loads(path.read_text("utf-8")))
    jar = maven_bom.metadata.component
    bom.components.update(maven_bom.components)
    bom.dependencies.update(each for each in maven_bom.dependencies if each.ref != jar.bom_ref)
    [direct] = [each for each in maven_bom.dependencies if each.ref == jar.bom_ref]
    return direct.dependencies


def main(folder: Path, names: list[str], target: str | None) -> None:
    unknown = set(names) - PACKAGES.keys()
    if unknown:
        raise SystemExit(f"unknown packages: {', '.join(sorted(unknown))}. Known packages: {', '.join(PACKAGES)}")
    target = target or output_of("rustc", "-vV").partition("host: ")[2].split()[0]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PACKAGES:
        bom = create_sbom(PACKAGES[name], target)
        text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2) + "\n"
        error = JsonStrictValidator(SCHEMA).validate_str(text)
        if error is not None:
            raise SystemExit(f"the SBOM of {name} does not match the schema of CycloneDX: {error}")
        (folder / f"{name}.cdx.json").write_text(text, "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="*")
    options = parser.parse_args()
    main(options.folder, options.packages, options.target)
