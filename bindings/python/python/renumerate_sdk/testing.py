"""A Renumerate on this machine, for tests: no account, no network, and every failure on demand.

It needs the ``renumerate`` command, which is a package of its own, ``renumerate-sandbox``: servers in production have
no use for it. ``renumerate-sdk[testing]`` names both.

>>> from renumerate_sdk.testing import Sandbox
>>> with Sandbox() as sandbox, sandbox.client() as client:
...     session = client.create_retention_session(customer_id="cus_1")
...     [request.path for request in sandbox.requests()]
['/v1/retention/session']

With pytest the fixture ``renumerate_sandbox`` is a running sandbox for the length of a test.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing_extensions import Self

    from renumerate_sdk import AsyncClient, Client

__all__ = ["ReceivedRequest", "Sandbox"]

_STOP_TIMEOUT = 5.0  # seconds; it is killed after them


class ReceivedRequest(NamedTuple):
    """A request that came to a sandbox, and how it was answered."""

    method: str
    """The method, ``"POST"``."""
    path: str
    """The path with its query."""
    headers: dict[str, str]
    """The headers by lower-case name, but for the key."""
    body: str
    """The body as text; `json` reads it."""
    status: int
    """The status of the answer; 0 while there is none."""
    at: float
    """When it came, in seconds since the sandbox started."""
    case: str | None
    """The case or the script that answered it."""
    problem: str | None
    """How the request differs from what its case expects."""
    connection: int
    """The number of the connection that it came on."""
    closed: bool
    """Whether that connection is closed."""

    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


class Sandbox:
    """A running sandbox, from ``with`` to its end; or from `start` to `stop`.

    The customers ``cus_not_found``, ``cus_server_error``, ``cus_rate_limited``, ``cus_slow``, ``cus_unstable`` and
    ``cus_html`` fail as they are called; any other gets a session. `script` makes customers of your own.

    Args:
        private_key: The key to take. Default: ``"sk_sandbox_local"``.
        cases: A folder of case files to play.
        seed: A file with the customers that exist. Default: all do.
        command: The ``renumerate`` command. Default: that of this environment, else the one on the path.
    """

    def __init__(
        self,
        *,
        private_key: str | None = None,
        cases: str | PathLike[str] | None = None,
        seed: str | PathLike[str] | None = None,
        command: str | PathLike[str] | None = None,
    ) -> None:
        flags = {"--key": private_key, "--cases": cases, "--seed": seed}
        options = [part for name, value in flags.items() if value is not None for part in (name, fspath(value))]
        self._arguments = ["sandbox", "--port", "0", "--json", "--until-stdin-ends", *options]
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._info: dict[str, str] = {}
        # A proxy of the environment has no business between a test and its sandbox.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def url(self) -> str:
        """Where it listens: the ``base_url`` for a client."""
        return self._get_info("url")

    @property
    def private_key(self) -> str:
        """The key that it takes."""
        return self._get_info("private_key")

    def client(self, **options: Any) -> Client:
        """A client of this sandbox; the options are those of `renumerate_sdk.Client`."""
        from renumerate_sdk import Client

        settings: dict[str, Any] = {"private_key": self.private_key, "base_url": self.url, **options}
        return Client(**settings)

    def async_client(self, **options: Any) -> AsyncClient:
        """An async client of this sandbox; the options are those of `renumerate_sdk.AsyncClient`."""
        from renumerate_sdk import AsyncClient

        settings: dict[str, Any] = {"private_key": self.private_key, "base_url": self.url, **options}
        return AsyncClient(**settings)

    def requests(self, key: str | None = None) -> list[ReceivedRequest]:
        """Every request that came, in order, or those that came with this key."""
        query = "" if key is None else "?" + urllib.parse.urlencode({"key": key})
        records = self._request("GET", f"/_sandbox/requests{query}")["requests"]
        names = set(ReceivedRequest._fields) - {"at"}
        return [
            ReceivedRequest(at=record["at_ms"] / 1000, **{name: record[name] for name in names}) for record in records
        ]

    def session(self, session_id: str) -> dict[str, Any]:
        """What a session id stands for.

        Raises:
            LookupError: It was not minted here.
        """
        try:
            session: dict[str, Any] = self._request(
                "GET", f"/_sandbox/sessions/{urllib.parse.quote(session_id, safe='')}"
            )
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            raise LookupError("no session with this id was minted here") from None
        return session

    def script(self, customer_id: str, *answers: Mapping[str, Any]) -> None:
        """Answers the requests for this customer so, one after the other and then from the start.

        >>> with Sandbox() as sandbox, sandbox.client() as client:
        ...     sandbox.script("cus_reset", {"fault": "reset_before_status"}, {"mint": True})
        ...     len(client.create_retention_session(customer_id="cus_reset").attempts)
        2

        Args:
            customer_id: The ``customer_id`` of the requests.
            answers: Each is an ``answer`` of a case file: ``status``, ``headers``, ``body`` (JSON) or ``text``,
                ``delay_ms``, ``mint`` (a session), or a ``fault``: ``"reset_before_status"``,
                ``"close_before_status"``, ``"stall_before_headers"``, ``"stall_in_body"``, ``"slow_drip"``,
                ``"reset_in_body"``, ``"truncate_body"``.
        """
        name = "script_" + customer_id.encode().hex()
        exchanges = [{"answer": _to_response(**answer)} for answer in answers]
        self.add_cases({"name": name, "when": {"customer_id": customer_id}, "exchanges": exchanges})

    def add_cases(self, *cases: Mapping[str, Any]) -> None:
        """Takes cases in the form of the case files; one of a known name takes the old one's place.

        Raises:
            ValueError: A case is not of the form.
        """
        try:
            self._request("POST", "/_sandbox/cases", {"cases": cases})
        except urllib.error.HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None

    def reset(self) -> None:
        """Forgets requests, sessions and how far scripts have got. The scripts themselves stay."""
        self._request("POST", "/_sandbox/reset")

    def start(self) -> Self:
        """Starts it.

        Raises:
            FileNotFoundError: The ``renumerate`` command is not installed.
            RuntimeError: It does not start; the reason is what it says itself.
        """
        if self._process is not None:
            raise RuntimeError("the sandbox is running already")
        command = self._command or _find_command()
        process = subprocess.Popen(
            [fspath(command), *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        if not line:
            reason = process.communicate()[1].strip()
            raise RuntimeError(f"the sandbox does not start: {reason}")
        self._process, self._info = process, json.loads(line)
        return self

    def stop(self) -> None:
        """Stops it, and closes its connections."""
        process, self._process = self._process, None
        self._info = {}
        if process is not None:
            process.terminate()
            try:
                process.communicate(timeout=_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>" if self._process else "<Sandbox, not running>"

    def _get_info(self, name: str) -> str:
        if name not in self._info:
            raise RuntimeError("the sandbox is not running: use it in a with statement, or start it")
        return self._info[name]

    def _request(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with self._opener.open(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None


def _to_response(headers: Mapping[str, object] | None = None, **members: object) -> dict[str, object]:
    """Numbers will do for headers: ``{"retry-after": 30}``."""
    return {**members, "headers": {name: str(value) for name, value in (headers or {}).items()}}


def _find_command() -> str:
    """The command of this environment, whether that is active or not; else the one on the path."""
    found = shutil.which("renumerate", path=sysconfig.get_path("scripts")) or shutil.which("renumerate")
    if found is None:
        raise FileNotFoundError("there is no renumerate command: install the package renumerate-sandbox")
    return str(Path(found))
