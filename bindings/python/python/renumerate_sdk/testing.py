"""Sandbox: a local server that imitates the Renumerate service, for tests without an account. It can simulate failures.

The sandbox requires the ``renumerate`` command from the separate package ``renumerate-sandbox``. Production servers do
not need that package. ``pip install 'renumerate-sdk[testing]'`` installs both packages.

>>> from renumerate_sdk.testing import Sandbox
>>> with Sandbox() as sandbox, sandbox.client() as client:
...     session = client.create_retention_session(customer_id="cus_1")
...     [request.path for request in sandbox.requests()]
['/v1/retention/session']

The pytest fixture ``renumerate_sandbox`` is a sandbox that runs during one test.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from os import PathLike, fspath
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self

    from renumerate_sdk import AsyncClient, Client

__all__ = ["ReceivedRequest", "Sandbox"]

_Client = TypeVar("_Client")

# Seconds after which a process that does not start, or does not stop, is killed.
_START_TIMEOUT = 30.0
_STOP_TIMEOUT = 5.0


class ReceivedRequest(NamedTuple):
    """Request that a sandbox received, and the response to it."""

    method: str
    """HTTP method, such as ``"POST"``."""
    path: str
    """Path, including the query."""
    headers: dict[str, str]
    """Headers by lower-case name, without the private key."""
    body: str
    """Body as text. `json` parses it."""
    status: int
    """HTTP status of the response; 0 while there is none."""
    at: float
    """Time of arrival, in seconds since the sandbox started."""
    case: str | None
    """Name of the case or script that defined the response (see `Sandbox.add_cases`), or ``None``."""
    problem: str | None
    """Difference between this request and the request that the case expects, or ``None``."""
    connection: int
    """Number of the connection that carried the request."""
    closed: bool
    """Whether the connection is closed."""

    def json(self) -> Any:
        """Parses the body.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.body)


class Sandbox:
    """Sandbox that runs in a separate process. Use it in a ``with`` statement, or call `start` and `stop`.

    Use the customer ids ``cus_not_found``, ``cus_server_error``, ``cus_rate_limited``, ``cus_slow``, ``cus_unstable``
    and ``cus_html`` to trigger failures. Other ids get a session. `script` sets the responses for a customer id.

    Args:
        private_key: Private key that the sandbox accepts. Default: ``"sk_sandbox_local"``.
        cases: Folder of case files that define responses. Default: none.
        seed: File that lists the existing customers. Default: every customer exists.
        command: Path of the ``renumerate`` command. Default: the command in this Python environment, else on ``PATH``.
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
        # Ignore the proxies in environment variables.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def url(self) -> str:
        """Base URL of the sandbox. Raises `RuntimeError` if the sandbox is not running."""
        return self._get_info("url")

    @property
    def private_key(self) -> str:
        """Private key that the sandbox accepts. Raises `RuntimeError` if the sandbox is not running."""
        return self._get_info("private_key")

    @property
    def public_key(self) -> str:
        """Public key of the brand, for handshake tokens. Raises `RuntimeError` if the sandbox is not running."""
        return self._get_info("public_key")

    def client(self, **options: Any) -> Client:
        """Creates a client of this sandbox.

        Args:
            options: Options of `renumerate_sdk.Client`. Keys and base URL default to those of the sandbox.

        Raises:
            ConfigurationError: An option is invalid.
            RuntimeError: The sandbox is not running.
        """
        from renumerate_sdk import Client

        return self._create_client(Client, options)

    def async_client(self, **options: Any) -> AsyncClient:
        """Creates an asynchronous client of this sandbox.

        Args:
            options: Options of `renumerate_sdk.AsyncClient`. Keys and base URL default to those of the sandbox.

        Raises:
            ConfigurationError: An option is invalid.
            RuntimeError: The sandbox is not running.
        """
        from renumerate_sdk import AsyncClient

        return self._create_client(AsyncClient, options)

    def requests(self, key: str | None = None) -> list[ReceivedRequest]:
        """Returns the received requests in order of arrival.

        Args:
            key: Private key. Only requests with this key are returned. Default: all requests are returned.

        Raises:
            RuntimeError: The sandbox is not running.
        """
        query = "" if key is None else "?" + urllib.parse.urlencode({"key": key})
        records = self._request("GET", f"/_sandbox/requests{query}")["requests"]
        names = set(ReceivedRequest._fields) - {"at"}
        return [
            ReceivedRequest(at=record["at_ms"] / 1000, **{name: record[name] for name in names}) for record in records
        ]

    def session(self, session_id: str) -> dict[str, Any]:
        """Returns the record of a session, with keys such as ``kind``, ``customer_id`` and ``subscription_id``.

        Raises:
            LookupError: This sandbox did not create the session.
            RuntimeError: The sandbox is not running.
        """
        try:
            session: dict[str, Any] = self._request(
                "GET", f"/_sandbox/sessions/{urllib.parse.quote(session_id, safe='')}"
            )
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            raise LookupError("this sandbox has not created a session with this id") from None
        return session

    def script(self, customer_id: str, *answers: Mapping[str, Any]) -> None:
        """Sets the responses for a customer id.

        The sandbox sends them in order. After the last response, it starts again with the first.

        >>> with Sandbox() as sandbox, sandbox.client() as client:
        ...     sandbox.script("cus_reset", {"fault": "reset_before_status"}, {"mint": True})
        ...     len(client.create_retention_session(customer_id="cus_reset").attempts)
        2

        Args:
            customer_id: The ``customer_id`` of the requests.
            answers: Responses, each with the keys of an ``answer`` in a case file: ``status``, ``headers``, ``body``
                (JSON), ``text``, ``delay_ms`` (delay in milliseconds), ``mint`` (``True`` responds with a new session)
                and ``fault`` (a network failure). The faults are ``"reset_before_status"``,
                ``"close_before_status"``, ``"stall_before_headers"``, ``"stall_in_body"``, ``"slow_drip"``,
                ``"reset_in_body"`` and ``"truncate_body"``.

        Raises:
            ValueError: A response is invalid.
            RuntimeError: The sandbox is not running.
        """
        name = "script_" + customer_id.encode().hex()
        exchanges = [{"answer": _to_response(answer)} for answer in answers]
        self.add_cases({"name": name, "when": {"customer_id": customer_id}, "exchanges": exchanges})

    def add_cases(self, *cases: Mapping[str, Any]) -> None:
        """Adds cases, which define the responses to certain requests. The cases have the format of case files.

        A case replaces an existing case of the same name.

        Raises:
            ValueError: A case is invalid.
            RuntimeError: The sandbox is not running.
        """
        try:
            self._request("POST", "/_sandbox/cases", {"cases": cases})
        except urllib.error.HTTPError as error:
            raise ValueError(json.loads(error.read())["error"]) from None

    def reset(self) -> None:
        """Deletes the recorded requests and sessions. Scripts are kept, but restart from their first response.

        Raises:
            RuntimeError: The sandbox is not running.
        """
        self._request("POST", "/_sandbox/reset")

    def start(self) -> Self:
        """Starts the sandbox, and returns when it accepts requests.

        Raises:
            FileNotFoundError: The ``renumerate`` command does not exist.
            PermissionError: The command may not be executed, for example because its folder is mounted ``noexec``.
            RuntimeError: The sandbox is already running, or it cannot start. The message contains the reason.
        """
        if self._process is not None:
            raise RuntimeError("the sandbox is running already")
        command = fspath(self._command or _find_command())
        try:
            process = subprocess.Popen(
                [command, *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        except OSError as error:
            raise type(error)(_start_problem(command, error)) from None
        assert process.stdout is not None and process.stderr is not None
        timer = Timer(_START_TIMEOUT, process.kill)
        timer.start()
        try:
            line = process.stdout.readline()
        finally:
            timer.cancel()
            timer.join()
        try:
            info = json.loads(line)
            info["url"]
        except (LookupError, TypeError, ValueError):
            if line:
                process.kill()
            problem = _wait_for_exit(process).strip()
            # The output of another program is not shown, because it may repeat its arguments and so the private key.
            if line or not problem:
                check = "check that it is the renumerate command"
                problem = f"the command {command} did not print the URL of a sandbox; {check}"
            raise RuntimeError(f"could not start the sandbox: {problem}") from None
        self._process, self._info = process, info
        return self

    def stop(self) -> None:
        """Stops the sandbox and closes its connections. Has no effect if the sandbox is not running."""
        process, self._process = self._process, None
        self._info = {}
        if process is not None:
            process.terminate()
            _wait_for_exit(process)

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

    def _create_client(self, client_class: Callable[..., _Client], options: dict[str, Any]) -> _Client:
        try:
            # No variable holds the keys, because some crash reports show local variables.
            return client_class(
                **{
                    "private_key": self.private_key,
                    "public_key": self._info.get("public_key"),
                    "base_url": self.url,
                    **options,
                }
            )
        finally:
            options.clear()

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


def _to_response(answer: Any) -> Any:
    """Converts header values to strings, so that ``{"retry-after": 30}`` is accepted.

    Other values are returned unchanged, because the sandbox reports what is invalid.
    """
    headers = answer.get("headers") if isinstance(answer, Mapping) else None
    if not isinstance(headers, Mapping):
        return answer
    return {**answer, "headers": {name: str(value) for name, value in headers.items()}}


def _wait_for_exit(process: subprocess.Popen[str]) -> str:
    """Waits until the process exits, kills it if that takes too long, and returns its error output."""
    try:
        return process.communicate(timeout=_STOP_TIMEOUT)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def _find_command() -> str:
    """Returns the path of the command in this Python environment, or else of the command on ``PATH``.

    The command in this Python environment is found even if the environment is not activated.
    """
    return shutil.which("renumerate", path=sysconfig.get_path("scripts")) or shutil.which("renumerate") or "renumerate"


def _start_problem(command: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        install = "run \"pip install 'renumerate-sdk[testing]'\", or set the parameter command to its path"
        problem = f"the command {command} does not exist; {install}"
    else:
        allow = f'run "chmod +x {command}", or move it to a folder that is not mounted noexec'
        problem = f"the command {command} cannot be executed: {error.strerror}; {allow}"
    return f"could not start the sandbox: {problem}"
