"""The scripts of `packages` are modules of these tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "packages"))
