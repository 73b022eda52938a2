"""Sessions and errors as the trials want them, with all that Python prints of them."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from typing import Any

from renumerate_sdk import RenumerateError, Session


class Tally:
    """How calls ended."""

    def __init__(self) -> None:
        self.sessions = self.attempts = self.cancelled = self.untyped = 0
        self.errors: dict[str, int] = {}

    def count(self, seen: object) -> None:
        if isinstance(seen, Session):
            self.sessions += 1
            self.attempts += len(seen.attempts)
        elif isinstance(seen, RenumerateError):
            self.errors[seen.code] = self.errors.get(seen.code, 0) + 1
            self.attempts += len(seen.attempts)
        else:
            self.untyped += 1

    def told(self) -> dict[str, Any]:
        return {
            "sessions": self.sessions,
            "errors": self.errors,
            "attempts": self.attempts,
            "untyped": self.untyped,
        }

    def told_cancelled(self) -> dict[str, Any]:
        return {
            "cancelled": self.cancelled,
            "sessions": self.sessions,
            "errors": self.errors,
            "untyped": self.untyped,
        }


def outcome(
    seen: object, client: object, seconds: float | None = None, given: dict[str, str] | None = None
) -> dict[str, Any]:
    """A session or an exception, with every form in which it may be printed."""
    shown = [f"{client!r} {client} {_members(client)}"]
    if isinstance(seen, Session):
        shown.append(f"{seen!r} {seen} {seen.attempts} {copy.copy(seen)!r} {pickle.loads(pickle.dumps(seen))!r}")
        told = {"id": seen.id, "request_id": seen.request_id, "attempts": len(seen.attempts)}
        return {"session": told, "seconds": seconds, "shown": shown}
    assert isinstance(seen, BaseException)
    report = "".join(traceback.TracebackException.from_exception(seen, capture_locals=True).format())
    for parameter in (given or {}).values():
        report = report.replace(parameter, "(a caller's variable)")
    shown.append(f"{seen!r} {seen} {vars(seen)} {seen.args} {report}")
    if isinstance(seen, RenumerateError):
        kept = pickle.dumps(seen)
        shown.append(f"{kept!r} {pickle.loads(kept)!r} {vars(pickle.loads(kept))} {copy.deepcopy(seen)!r}")
        shown.append(json.dumps(vars(seen), default=repr))
    limit = getattr(seen, "timeout_scope", None)
    told = {
        "code": getattr(seen, "code", None),
        "typed": isinstance(seen, RenumerateError),
        "text": str(seen),
        "retryable": getattr(seen, "retryable", None),
        "attempts": len(getattr(seen, "attempts", ())),
        "status": getattr(seen, "status", None),
        "phase": getattr(seen, "phase", None),
        "timeout": limit,
        "retry_after": getattr(seen, "retry_after", None),
        "field": getattr(seen, "field", None),
    }
    return {"error": told, "seconds": seconds, "shown": shown}


def _members(value: object) -> dict[str, str]:
    """What a debugger shows: each member but its methods."""
    names = (name for name in dir(value) if not name.startswith("__"))
    members = ((name, getattr(value, name, None)) for name in names)
    return {name: repr(member) for name, member in members if not callable(member)}
