"""Makes the scripts in `packages` and `tests` importable."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "packages"), str(ROOT / "tests")]
