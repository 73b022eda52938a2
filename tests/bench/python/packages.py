"""Prints the installed packages as JSON: for each the version, the size in bytes without .pyc files, and the names of
the packages that it needs here, without extras.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def size(distribution: metadata.Distribution) -> int:
    paths = [Path(str(file.locate())) for file in distribution.files or [] if file.suffix != ".pyc"]
    return sum(path.stat().st_size for path in paths if path.is_file())


def needs(distribution: metadata.Distribution) -> Iterator[str]:
    for line in distribution.requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


packages = {
    canonicalize_name(distribution.name): {
        "version": distribution.version,
        "bytes": size(distribution),
        "needs": list(needs(distribution)),
    }
    for distribution in metadata.distributions()
}
print(json.dumps(packages))
