"""Collects local variables from tracebacks, as crash reporters such as Sentry do."""

from __future__ import annotations

import traceback
from pathlib import Path

import renumerate_sdk

PACKAGE = Path(renumerate_sdk.__file__).parent


def package_variables(error: BaseException) -> str:
    """Returns the local variables of this package's frames in the tracebacks of an error, its causes and contexts."""
    errors: list[BaseException] = [error]
    for each in errors:
        linked = (each.__cause__, each.__context__)
        errors += [other for other in linked if other is not None and other not in errors]
    frames = [frame for each in errors for frame, _ in traceback.walk_tb(each.__traceback__)]
    ours = [frame for frame in frames if PACKAGE in Path(frame.f_code.co_filename).parents]
    assert ours, "the traceback has no frames of this package"
    return "\n".join(f"{frame.f_code.co_name}: {frame.f_locals!r}" for frame in ours)
