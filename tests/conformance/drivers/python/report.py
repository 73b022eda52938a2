"""Reports about sessions, tokens and errors, with everything that Python prints about them."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from typing import Any

from renumerate_sdk import HandshakeToken, RenumerateError, Session


class Tally:
    """Number of calls by outcome."""

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

    def report(self) -> dict[str, Any]:
        return {
            "sessions": self.sessions,
            "errors": self.errors,
            "attempts": self.attempts,
            "untyped": self.untyped,
        }

    def cancellation_report(self) -> dict[str, Any]:
        return {
            "cancelled": self.cancelled,
            "sessions": self.sessions,
            "errors": self.errors,
            "untyped": self.untyped,
        }


def outcome(
    seen: object, client: object, seconds: float = 0.0, parameters: dict[str, str] | None = None
) -> dict[str, Any]:
    """Reports a session, a token or an exception, with every form in which it may be printed."""
    shown = [f"{client!r} {client} {_members(client)}"]
    if isinstance(seen, Session):
        shown.append(f"{seen!r} {seen} {seen.attempts} {copy.copy(seen)!r} {pickle.loads(pickle.dumps(seen))!r}")
        session = {
            "id": seen.id,
            "url": seen.url,
            "request_id": seen.request_id,
            "attempts": len(seen.attempts),
        }
        return {"session": session, "seconds": seconds, "shown": shown}
    if isinstance(seen, HandshakeToken):
        shown.append(f"{seen!r} {seen} {copy.copy(seen)!r} {pickle.loads(pickle.dumps(seen))!r}")
        token = {"text": seen.token, "expires_at": seen.expires_at.timestamp(), "json": seen.to_dict()}
        return {"token": token, "seconds": seconds, "shown": shown}
    assert isinstance(seen, BaseException)
    # Crash reporters show the local variables of each frame. The first frame is the driver's.
    frames = seen.__traceback__.tb_next if seen.__traceback__ else None
    trace = "".join(traceback.TracebackException(type(seen), seen, frames, capture_locals=True).format())
    for parameter in filter(None, (parameters or {}).values()):
        trace = trace.replace(parameter, "(a caller's variable)")
    shown.append(f"{seen!r} {seen} {vars(seen)} {seen.args} {trace}")
    if isinstance(seen, RenumerateError):
        kept = pickle.dumps(seen)
        shown.append(f"{kept!r} {pickle.loads(kept)!r} {vars(pickle.loads(kept))} {copy.deepcopy(seen)!r}")
        shown.append(json.dumps(vars(seen), default=repr))
    error = {
        "typed": isinstance(seen, RenumerateError),
        "class": type(seen).__name__,
        "code": getattr(seen, "code", None),
        "text": str(seen),
        "retryable": getattr(seen, "retryable", False),
        "attempts": len(getattr(seen, "attempts", ())),
        "message": getattr(seen, "message", None),
        "body": getattr(seen, "body", None),
        "status": getattr(seen, "status", None),
        "request_id": getattr(seen, "request_id", None),
        "phase": getattr(seen, "phase", None),
        "host": getattr(seen, "host", None),
        "host_setting": getattr(seen, "host_setting", None),
        "timeout": getattr(seen, "timeout_scope", None),
        "retry_after": getattr(seen, "retry_after", None),
        "field": getattr(seen, "field", None),
    }
    return {"error": error, "seconds": seconds, "shown": shown}


def _members(value: object) -> dict[str, str]:
    """Members as a debugger shows them, without methods."""
    names = (name for name in dir(value) if not name.startswith("__"))
    members = ((name, getattr(value, name, None)) for name in names)
    return {name: repr(member) for name, member in members if not callable(member)}
