"""Writes the bill of materials of packages, in CycloneDX's form: `write.py [--target TARGET] FOLDER [PACKAGE...]`, or
of all of them, for this machine or for another target.

A bill names what a package brings along: the crates that are linked into its native library or its program, and, for
jars, what Maven brings beside them, as CycloneDX's plugin has written it when they were built. It is the same for the
same commit.
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

from crates import ROOT, Crate, linked
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


def packaged(package: Package, crate: Crate) -> Component:
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


def bill(package: Package, target: str) -> Bom:
    crate, others = linked(package.crate, "all" if package.is_source else target)
    whole = packaged(package, crate)
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"{whole.purl} {output_of('git', 'rev-parse', 'HEAD')}"))
    bom.metadata.timestamp = datetime.fromisoformat(output_of("git", "log", "-1", "--format=%cI").strip())
    bom.metadata.component = whole
    bom.metadata.tools.components.add(this_component())
    bom.components.update(map(component, others))
    for each in [crate, *others]:
        bom.dependencies.add(Dependency(BomRef(each.purl), [Dependency(BomRef(purl)) for purl in sorted(each.needs)]))
    if not package.is_source:
        bom.components.add(component(crate))
        bom.dependencies.add(Dependency(whole.bom_ref, [Dependency(BomRef(crate.purl)), *add_mavens(package, bom)]))
    return bom


def add_mavens(package: Package, bom: Bom) -> Iterable[Dependency]:
    """Adds what Maven brings along with a jar, and says on what of that the jar itself depends."""
    if package.maven is None:
        return []
    written = ROOT / "bindings" / "kotlin" / package.maven / "target" / "bom.json"
    if not written.exists():
        raise SystemExit(f"{written} is missing: `mvn package` in bindings/kotlin writes it")
    mavens = Bom.from_json(json.loads(written.read_text("utf-8")))
    jar = mavens.metadata.component
    bom.components.update(mavens.components)
    bom.dependencies.update(each for each in mavens.dependencies if each.ref != jar.bom_ref)
    [own] = [each for each in mavens.dependencies if each.ref == jar.bom_ref]
    return own.dependencies


def main(folder: Path, names: list[str], target: str | None) -> None:
    unknown = set(names) - PACKAGES.keys()
    if unknown:
        raise SystemExit(f"no such packages: {', '.join(sorted(unknown))}. There are {', '.join(PACKAGES)}")
    target = target or output_of("rustc", "-vV").partition("host: ")[2].split()[0]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PACKAGES:
        bom = bill(PACKAGES[name], target)
        text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2) + "\n"
        wrong = JsonStrictValidator(SCHEMA).validate_str(text)
        if wrong is not None:
            raise SystemExit(f"the bill of {name} is not as CycloneDX has it: {wrong}")
        (folder / f"{name}.cdx.json").write_text(text, "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--target")
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="*")
    given = parser.parse_args()
    main(given.folder, given.packages, given.target)
