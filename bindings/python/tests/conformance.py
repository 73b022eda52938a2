"""One run of one case: make the client, make the call, compare what came of it and what went over the wire."""

from __future__ import annotations

import itertools
import json
import pickle
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from vectors import Case

from renumerate_sdk import AsyncClient, Client, RenumerateError, Session
from renumerate_sdk.testing import ReceivedRequest, Sandbox

_runs = itertools.count()
_ABSENT_UNLESS_SAID = ("status", "field", "request_id", "phase", "timeout", "retry_after")
_NAMES = {"timeout": "timeout_scope"}


class Differs(Exception):
    """What came is not what the case expects."""


class Run:
    """One run of a case, with a key of its own. What it shows to anybody goes to `note`."""

    def __init__(self, sandbox: Sandbox, case: Case, note: Callable[[str], None]) -> None:
        self.key = f"sk_case_{case['name']}.planted{next(_runs)}x"
        host = sandbox.url.removeprefix("http://")
        text = json.dumps(case)
        for name, value in {"${key}": self.key, "${base_url}": sandbox.url, "${host}": host}.items():
            text = text.replace(name, value)
        self.case: Case = json.loads(text)
        self._sandbox, self._note = sandbox, note

    def secrets(self) -> list[str]:
        """What must be shown nowhere: the key's own part, the session's id, the customer's e-mail."""
        found = [self.key.split(".")[1]]
        session_id = self.case["outcome"].get("session", {}).get("id", "")
        email = self.case["call"]["parameters"].get("customer_email") or ""
        found += [session_id] if len(session_id) > 64 else []
        found += [email] if "john.doe@" in email else []
        return found

    def play(self) -> None:
        """Through the blocking client."""
        try:
            client = Client(**self._options())
            self._note(f"{client!r} {client}")
            for _ in range(self.case.get("warm_up", 0)):
                self._quietly(lambda: self._call(client))
            while self._must_close():
                time.sleep(0.002)
            seen: Session | RenumerateError = self._call(client)
        except RenumerateError as error:
            seen = error
        self._judge(seen, self._requests())

    async def play_async(self, in_thread: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        """Through the async client."""
        try:
            client = AsyncClient(**self._options())
            self._note(f"{client!r} {client}")
            for _ in range(self.case.get("warm_up", 0)):
                try:
                    await self._call(client)
                except RenumerateError as error:
                    self._note(repr(error))
            while await in_thread(self._must_close):
                pass
            seen: Session | RenumerateError = await self._call(client)
        except RenumerateError as error:
            seen = error
        self._judge(seen, await in_thread(self._requests))

    def _options(self) -> dict[str, Any]:
        return {"private_key": self.key, "base_url": self._sandbox.url, **self.case.get("client", {})}

    def _call(self, client: Any) -> Any:
        call = self.case["call"]
        return getattr(client, call["method"])(**call["parameters"], **call.get("options", {}))

    def _quietly(self, call: Callable[[], object]) -> None:
        try:
            call()
        except RenumerateError as error:
            self._note(repr(error))

    def _requests(self) -> list[ReceivedRequest]:
        return self._sandbox.requests(self.key)

    def _must_close(self) -> bool:
        """Whether the sandbox has yet to close a connection that its answers so far say it will."""
        pairs = zip(self.case["exchanges"], self._requests(), strict=False)
        return any(
            "close_after_ms" in exchange["answer"] and request.problem is None and not request.closed
            for exchange, request in pairs
        )

    def _judge(self, seen: Session | RenumerateError, requests: list[ReceivedRequest]) -> None:
        expected = self.case["outcome"]
        if isinstance(seen, RenumerateError):
            report = traceback.TracebackException.from_exception(seen, capture_locals=False)
            shown = pickle.loads(pickle.dumps(seen))
            self._note(f"{seen!r} {seen} {vars(seen)} {''.join(report.format())} {shown!r} {vars(shown)}")
            if "error" not in expected:
                raise Differs(f"there is an error: {seen}")
            _same_error(seen, expected["error"])
        else:
            self._note(f"{seen!r} {seen} {seen.attempts}")
            if "session" not in expected:
                raise Differs("there is a session where an error should be")
            _same_session(seen, expected["session"])
        self._same_wire(requests)

    def _same_wire(self, requests: list[ReceivedRequest]) -> None:
        for request in requests:
            _same("the wire's problem", request.problem, None)
        exchanges = self.case["exchanges"]
        _same("requests on the wire", len(requests), len(exchanges))
        for before, request, exchange in zip(requests, requests[1:], exchanges[1:], strict=False):
            gap, wanted = request.at - before.at, (exchange.get("request") or {}).get("min_gap_ms", 0) / 1000
            if gap < wanted - 1e-6:
                raise Differs(f"a request came {gap} s after the one before it, and not {wanted} or more")


def _same(what: str, seen: object, expected: object) -> None:
    if seen != expected:
        raise Differs(f"{what}: {seen!r}, and should be {expected!r}")


def _same_session(session: Session, expected: dict[str, Any]) -> None:
    _same("id", session.id, expected["id"])
    _same("url", session.url, expected.get("url", session.url))
    _same("request id", session.request_id, expected.get("request_id"))
    _same("attempts", len(session.attempts), expected["attempts"])


def _same_error(error: RenumerateError, expected: dict[str, Any]) -> None:
    _same("class", type(error).__name__, expected["class"])
    _same("code", error.code, expected["code"])
    _same("retryable", error.retryable, expected["retryable"])
    _same("attempts", len(error.attempts), expected["attempts"])
    for name in _ABSENT_UNLESS_SAID:
        _same(name, getattr(error, _NAMES.get(name, name), None), expected.get(name))
    for name in ("message", "body"):
        if name in expected:
            _same(name, getattr(error, name, None), expected[name])
    text = str(error)
    for part in expected.get("says", ()):
        if part not in text:
            raise Differs(f"{text!r} does not say {part!r}")
    for part in expected.get("omits", ()):
        if part in text:
            raise Differs(f"{text!r} says {part!r}")
    if "\n" in text:
        raise Differs(f"{text!r} is more than one line")
