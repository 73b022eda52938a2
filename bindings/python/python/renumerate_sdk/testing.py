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
import subprocess
import urllib.error
from collections.abc import Callable, Mapping
from os import PathLike, fspath
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, urlencode

from renumerate_sdk._sandbox_process import find_command, start_process, stop_process
from renumerate_sdk._sandbox_records import (
    CustomerRecord,
    Discount,
    ExchangedSession,
    Plan,
    ReceivedRequest,
    SubscriptionRecord,
    to_customer,
    to_request,
)
from renumerate_sdk._sandbox_requests import exchange, send

if TYPE_CHECKING:
    from typing_extensions import Self

    from renumerate_sdk import AsyncClient, Client

__all__ = [
    "CustomerRecord",
    "Discount",
    "ExchangedSession",
    "Plan",
    "ReceivedRequest",
    "Sandbox",
    "SubscriptionRecord",
]

_Client = TypeVar("_Client")


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
        self._arguments = options
        self._command = command
        self._process: subprocess.Popen[str] | None = None
        self._info: dict[str, str] = {}

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
        query = "" if key is None else "?" + urlencode({"key": key})
        return [to_request(record) for record in self._request("GET", f"/_sandbox/requests{query}")["requests"]]

    def session(self, session_id: str) -> dict[str, Any]:
        """Returns the record of a session, with keys such as ``kind``, ``customer_id`` and ``subscription_id``.

        Raises:
            LookupError: This sandbox did not create the session.
            RuntimeError: The sandbox is not running.
        """
        problem = "this sandbox has not created a session with this id"
        session: dict[str, Any] = self._find(f"/_sandbox/sessions/{quote(session_id, safe='')}", problem)
        return session

    def customer(self, customer_id: str) -> CustomerRecord:
        """Returns a customer with its subscriptions, for example to get a ``subscription_id``.

        Without the parameter ``seed``, every customer exists, and its data is generated from the id.

        >>> with Sandbox() as sandbox:
        ...     sandbox.customer("cus_1").subscriptions[0].status
        'active'

        Args:
            customer_id: Id or e-mail address of the customer.

        Raises:
            LookupError: The seed has no such customer.
            RuntimeError: The sandbox is not running.
        """
        path = f"/_sandbox/customers/{quote(customer_id, safe='')}"
        return to_customer(self._find(path, "the seed of this sandbox has no such customer"))

    def exchange(self, token: str) -> ExchangedSession:
        """Exchanges a handshake token for a session, as the browser does.

        >>> with Sandbox() as sandbox, sandbox.client() as client:
        ...     token = client.create_handshake_token(customer_id="cus_1")
        ...     session = sandbox.exchange(token.token)
        ...     sandbox.session(session.id)["customer_id"]
        'cus_1'

        Args:
            token: Text of the token: the member ``token`` of the backend's response.

        Raises:
            TypeError: The token is not text.
            ValueError: The response contains no session. The message has the service's message, the status, and the
                cause and the remedy that the sandbox states.
            ConnectionError: There is no response.
            RuntimeError: The sandbox is not running.
        """
        if not isinstance(token, str):
            raise TypeError("token must be a str, such as the attribute token of a HandshakeToken")
        return exchange(self.url, token)

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
        command = fspath(self._command or find_command())
        self._process, self._info = start_process(command, self._arguments)
        return self

    def stop(self) -> None:
        """Stops the sandbox and closes its connections. Has no effect if the sandbox is not running."""
        process, self._process = self._process, None
        self._info = {}
        if process is not None:
            stop_process(process)

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

    def _find(self, path: str, problem: str) -> Any:
        """Returns the record at this path. Raises `LookupError` with the problem if there is none."""
        try:
            return self._request("GET", path)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            raise LookupError(problem) from None

    def _request(self, method: str, path: str, body: object = None) -> Any:
        return send(method, self.url + path, body)


def _to_response(answer: Any) -> Any:
    """Converts header values to strings, so that ``{"retry-after": 30}`` is accepted.

    Other values are returned unchanged, because the sandbox reports what is invalid.
    """
    headers = answer.get("headers") if isinstance(answer, Mapping) else None
    if not isinstance(headers, Mapping):
        return answer
    return {**answer, "headers": {name: str(value) for name, value in headers.items()}}
