"""Passes log records of the native core to ``logging.getLogger("renumerate_sdk")``.

Records are buffered during a native call and logged later, because log handlers must not run during a native call: a
handler may be slow, call a client or switch to another greenlet.
"""

from __future__ import annotations

import sys

from renumerate_sdk._native import report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger

_DEBUG = 10

Record = tuple[int, float, str]
"""Level, time of the event in seconds since the epoch, and message."""

# Cached, because `logging.getLogger` acquires a lock.
_logger: Logger | None = None


def is_enabled() -> bool:
    """Returns whether debug messages are logged. The result is false if the program has not imported ``logging``."""
    logger = _logger or _get_logger()
    return logger is not None and logger.isEnabledFor(_DEBUG)


def new_buffer() -> list[Record] | None:
    """Returns a buffer for the records of one call, or ``None`` if debug messages are not logged."""
    return [] if is_enabled() else None


def _get_logger() -> Logger | None:
    global _logger
    logging = sys.modules.get("logging")
    if logging is not None:
        _logger = logging.getLogger("renumerate_sdk")
    return _logger


def emit(records: list[Record]) -> None:
    """Logs the records.

    An error of a log handler must not make the call fail. Each `Exception` is therefore passed to `sys.unraisablehook`.
    Other exceptions, such as `KeyboardInterrupt` from a signal handler, propagate.
    """
    logger = _logger
    if logger is None:
        return
    for level, created, message in records:
        if logger.isEnabledFor(level):
            record = logger.makeRecord(logger.name, level, "(native)", 0, message, (), None)
            record.created, record.msecs = created, created % 1 * 1000
            try:
                logger.handle(record)
            except Exception as error:
                report(error)
