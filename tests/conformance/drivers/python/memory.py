"""Return of free memory to the system."""

from __future__ import annotations

import gc

# SAFETY: malloc_trim takes a number, no pointers, and may be called at any time from any thread.
from ctypes import CDLL


def trim() -> None:
    """Collects garbage, and returns free memory to the system. Otherwise, resident memory would show the peak."""
    gc.collect()
    trim = getattr(CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)
