"""Prints the sizes of the wheel in a folder: `wheel_size.py FOLDER`."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

[wheel] = Path(sys.argv[1]).glob("*.whl")
with zipfile.ZipFile(wheel) as archive:
    sizes = {entry.filename: entry.file_size / 1e6 for entry in archive.infolist()}
native = sum(size for name, size in sizes.items() if name.endswith((".so", ".pyd")))
print(f"wheel of renumerate_sdk: {wheel.stat().st_size / 1e6:.2f} MB", end="")
print(f"; unpacked {sum(sizes.values()):.2f} MB, of which native code is {native:.2f} MB")
