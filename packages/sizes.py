"""How large what users download is: `sizes.py` writes docs/sizes.md from what is below target/packages.

Each has a ceiling in sizes.json, which tests hold it to. Whoever raises one says why in the commit.
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
HEAD = """# What users download

Written by `packages/sizes.py`, in kilobytes (1000 bytes) as packed. CI holds each to its ceiling.

| | KB | at most |
|---|---|---|
"""


def artefacts() -> Iterator[tuple[str, int]]:
    """What there is, by names without a version, and how many bytes each has."""
    for pattern in PUBLISHED:
        for path in sorted(PACKAGES.glob(pattern)):
            yield re.sub(r"-\d+\.\d+\.\d+(?=[-.])", "", path.name), path.stat().st_size


def ceilings() -> dict[str, int]:
    """In kilobytes."""
    return json.loads(CEILINGS.read_text("utf-8"))


def rows() -> Iterator[str]:
    for name, size in artefacts():
        # To ten kilobytes: another patch of a compiler makes a few bytes more or less.
        yield f"| `{name}` | {max(10, round(size / 10_000) * 10):,} | {ceilings().get(name, 'no ceiling')} |\n"


if __name__ == "__main__":
    TABLE.write_text(HEAD + "".join(rows()), "utf-8")
