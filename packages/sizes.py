"""Sizes of the packages: `sizes.py` writes the sizes of the files in target/packages to docs/sizes.md.

`sizes.json` contains an upper limit for each file, which a test checks. A commit that raises a limit states the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ROOT / "target/packages"
CEILINGS = Path(__file__).parent / "sizes.json"
TABLE = ROOT / "docs/sizes.md"
PUBLISHED = ["python/*.whl", "python/*.tar.gz", "node/*.tgz", "command/*.tar.gz", "rust/*.crate", "jvm/**/*.jar"]
HEAD = """# Sizes of the packages

Written by `packages/sizes.py`, in kilobytes (1000 bytes) as packed. CI checks the upper limits.

| package | KB | limit |
|---|---|---|
"""


def artefacts() -> Iterator[tuple[str, int]]:
    """Yields the name without its version, and the size in bytes, of each package."""
    for pattern in PUBLISHED:
        for path in sorted(PACKAGES.glob(pattern)):
            yield re.sub(r"-\d+\.\d+\.\d+(?=[-.])", "", path.name), path.stat().st_size


def ceilings() -> dict[str, int]:
    """Returns the upper limits in kilobytes."""
    return json.loads(CEILINGS.read_text("utf-8"))


def rows() -> Iterator[str]:
    for name, size in artefacts():
        # Rounded to ten kilobytes, because sizes differ slightly between versions of a compiler.
        yield f"| `{name}` | {max(10, round(size / 10_000) * 10):,} | {ceilings().get(name, 'no limit')} |\n"


if __name__ == "__main__":
    TABLE.write_text(HEAD + "".join(rows()), "utf-8")
