"""Passes log records of the native core to ``logging.getLogger("renumerate_sdk")``.

Records are buffered during a native call and logged later, because log handlers must not run during a native call: a
handler may be slow, call a client or switch to another greenlet.
"""

from __future__ import annotations

import sys

from renumerate_sdk._native import LogBuffer, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger, LogRecord

_WARNING = 30

# Cached, because `logging.getLogger` acquires a lock.
_logger: Logger | None = None


def new_buffer() -> LogBuffer | None:
    """Returns a buffer for the records of one call, or ``None`` if the logger logs no record of this package.

    The result is ``None`` if the program has not imported ``logging``.
    """
    logger = _logger or _get_logger()
    if logger is None or not logger.isEnabledFor(_WARNING):
        return None
    return LogBuffer(logger.getEffectiveLevel())


def _get_logger() -> Logger | None:
    global _logger
    logging = sys.modules.get("logging")
    if logging is not None:
        _logger = logging.getLogger("renumerate_sdk")
    return _logger


def emit(buffer: LogBuffer) -> None:
    """Logs the records of a call.

    An error of a log handler must not make the call fail. Each `Exception` is therefore passed to `sys.unraisablehook`.
    Other exceptions, such as `KeyboardInterrupt` from a signal handler, propagate.
    """
    logger, records = _logger, buffer.take()
    if not records or logger is None:
        return
    for level, created, event, fields in records:
        if logger.isEnabledFor(level):
            try:
                logger.handle(_log_record(logger, level, created, event, fields))
            except Exception as error:
                report(error)


def _log_record(logger: Logger, level: int, created: float, event: str, fields: dict[str, str | int]) -> LogRecord:
    """Creates a record with the time of the event, and the fields as attributes.

    The message is constant for each event until the arguments are inserted, so that error trackers can group records.
    """
    message = "".join(["renumerate: ", event, *(f" {name}=%s" for name in fields)])
    record = logger.makeRecord(logger.name, level, "(native)", 0, message, tuple(fields.values()), None)
    record.relativeCreated += (created - record.created) * 1000
    record.created, record.msecs = created, created % 1 * 1000
    # Not the argument `extra`, because it raises an exception if the program's record factory sets the same attribute.
    record.__dict__ = {"event": event, **fields, **record.__dict__}
    return record
