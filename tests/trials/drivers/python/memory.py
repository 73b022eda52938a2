"""What is held, at its least."""

from __future__ import annotations

import gc

# SAFETY: what is called takes a number, no pointers, and may be called at any time, from any thread.
from ctypes import CDLL


def give_back() -> None:
    """Collects, and has the C library give back what is free: else resident memory tells of the most there ever was."""
    gc.collect()
    trim = getattr(CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)
