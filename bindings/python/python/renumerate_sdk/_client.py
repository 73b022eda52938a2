"""Blocking client."""

from __future__ import annotations

from renumerate_sdk import _greenlets, _logs, _native
from renumerate_sdk._arguments import (
    ClientOptions,
    RetentionArguments,
    SubscriptionArguments,
    TokenArguments,
    expand_signature,
    in_declared_order,
)
from renumerate_sdk._sessions import RetentionSession, SubscriptionSession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TypeVar

    from typing_extensions import Never, Self, Unpack

    from renumerate_sdk._native import EndpointKind, HandshakeToken, Session

    _Session = TypeVar("_Session", bound=Session)


class Client:
    """Blocking client that creates sessions and handshake tokens.

    Create one client per process and share it among threads. Forked child processes may use it too. Creating a client
    opens no connection and starts no thread. A call runs on the calling thread, and needs 128 KiB of its stack.

    >>> from renumerate_sdk import Client
    >>> client = Client("sk_live_4eC39HqLyjWDarjtT1zdp7dc", timeout=10)

    The vendor documents the endpoints at https://docs.renumerate.com/reference/api.

    ``None`` selects the default value of an option. A timeout is a number of seconds or a timedelta, greater than 0 and
    at most 24 hours. Timeouts cannot be disabled.

    Args:
        private_key: Private key of the brand. Default: the environment variable ``RENUMERATE_PRIVATE_KEY``. If the
            variable is not set either, each call reads the variable again, until a call finds a key.
        public_key: Public key of the brand, ``pk_…``. Only handshake tokens need it. Default: the environment variable
            ``RENUMERATE_PUBLIC_KEY``.
        base_url: URL of the service. Default: the environment variable ``RENUMERATE_BASE_URL``, else
            ``https://api.renumerate.com``. ``http://`` requires a loopback address or a sandbox key
            (``sk_sandbox_…``).
        timeout: Total timeout of a call. It covers DNS lookup, all attempts, the waits between them, and the response
            body. Default: 25 seconds.
        attempt_timeout: Timeout of one attempt, including the response body. Default: 10 seconds.
        connect_timeout: Timeout for opening a connection: DNS lookup, TCP and TLS handshake. Default: 5 seconds.
        max_retries: Maximum number of retries of a failed call, 0 to 10. Default: 2.
        max_connections: Maximum number of open connections, 1 to 10,000. Default: 100. If that many calls are running,
            further calls wait in order; ``timeout`` limits the wait.
        proxy: Proxy URL, ``http://[user:password@]host[:port]`` or ``https://…``. Default: the environment variables
            ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``. Requests to loopback addresses bypass the
            proxy.
        ca_bundle: PEM file of CA certificates to trust in addition to those of the platform and of this package. The
            certificate of a self-signed server works, too. Default: the environment variable
            ``RENUMERATE_CA_BUNDLE``.
        app_info: Name and version of your application, such as ``"Shop/1.2"``, appended to the user agent. 1 to 128
            visible ASCII characters and spaces. Default: none.
        widgets_base_url: Base URL of the vendor's widgets, the pages to which ``session.url`` leads. Default: the
            vendor's hosts, or ``https://localhost:4321`` if ``base_url`` is a loopback address.

    Raises:
        ConfigurationError: An option is invalid. The ``field`` of the exception is the name of the option.
    """

    def __init__(self, private_key: str | None = None, **options: Unpack[ClientOptions]) -> None:
        try:
            self._calls = _native.Calls(private_key=private_key, **in_declared_order(options))
        finally:
            # Delete these variables, because some crash reports show local variables and would show the private key.
            del private_key, options

    def create_retention_session(self, **arguments: Unpack[RetentionArguments]) -> RetentionSession:
        """Creates a session that opens the cancel flow: ``POST /v1/retention/session``.

        Create the session when the customer clicks "cancel", and only for the customer that your backend has
        authenticated. Do not cache the session. Pass ``customer_id``, ``customer_email``, or both.

        Args:
            customer_id: Customer id at the payment provider, ``cus_…``.
            customer_email: E-mail address of the customer.
            subscription_id: Id of the customer's subscription for the cancel flow, ``sub_…``. Default: the service
                finds the subscription.
            timeout: Total timeout of this call, in seconds or as a timedelta. Default: the client's timeout.
            max_retries: Maximum number of retries of this call, 0 to 10. Default: the client's maximum.

        Returns:
            The session. Send ``session.id`` (``ret_…``) to the customer's page.

        Raises:
            ValidationError: A parameter is invalid. No request was sent.
            ConfigurationError: An option is invalid, or the private key is missing. No request was sent.
            ClosedError: The client is closed. No request was sent.
            ApiError: The service returned a status of 400 or above. Subclasses: ``BadRequestError``,
                ``AuthenticationError``, ``NotFoundError``, ``RateLimitError``, ``ServerError``.
            NetworkError: The network failed before the response was complete.
            RequestTimeoutError: A timeout expired before the response was complete.
            UnexpectedResponseError: The response is not one that the service documents.
            InternalError: This library has a bug.
        """
        return self._create(_native.EndpointKind.Retention, RetentionSession, arguments)

    def create_subscription_session(self, **arguments: Unpack[SubscriptionArguments]) -> SubscriptionSession:
        """Creates a session that opens the SubscriptionHub: ``POST /v1/subscription/session``.

        Create the session when the customer opens the page, and only for the customer that your backend has
        authenticated. Do not cache the session. Pass ``customer_id``, ``customer_email``, or both.

        Args:
            customer_id: Customer id at the payment provider, ``cus_…``.
            customer_email: E-mail address of the customer.
            timeout: Total timeout of this call, in seconds or as a timedelta. Default: the client's timeout.
            max_retries: Maximum number of retries of this call, 0 to 10. Default: the client's maximum.

        Returns:
            The session. Send ``session.id`` (``sub_…``) to the customer's page.

        Raises:
            RenumerateError: The same exceptions as `create_retention_session`.
        """
        return self._create(_native.EndpointKind.Subscription, SubscriptionSession, arguments)

    def create_handshake_token(self, **arguments: Unpack[TokenArguments]) -> HandshakeToken:
        """Creates a handshake token, which the browser exchanges for a session of the customer.

        The token is signed on this machine, without a request to the service. Your backend must have authenticated the
        customer. Do not cache the token: the service accepts it once, within 5 minutes.

        The vendor documents handshake tokens at https://renumerate.com/docs/installation.

        Args:
            customer_id: Stripe customer id, ``cus_…``. The vendor's samples call this parameter ``subscriberId``.

        Returns:
            The token. Send ``token.to_dict()`` to the customer's page, in response to ``GET /api/renumerate-token``.

        Raises:
            ValidationError: The customer id is missing or invalid.
            ConfigurationError: A key is missing or cannot sign tokens.
            ClosedError: The client is closed.
            InternalError: This library has a bug, or the system has no random numbers.
        """
        records = _logs.new_buffer()
        try:
            return self._calls.create_handshake_token(arguments, records)
        finally:
            del arguments  # because some crash reports show local variables
            if records is not None:
                _logs.emit(records)

    def _create(
        self,
        kind: EndpointKind,
        session_class: type[_Session],
        arguments: Any,
    ) -> _Session:
        new_call = _greenlets.new_call()
        records = _logs.new_buffer()
        try:
            if new_call is None:
                return self._calls.create_session(kind, session_class, arguments, records)
            calls, set_event, wait = new_call
            call_id = self._calls.start_session(calls, set_event, kind, session_class, arguments, records)
            try:
                wait()
                session: _Session = calls.take_result(call_id)
                return session
            finally:
                calls.abort(call_id)
        finally:
            # Some crash reports show local variables. Every frame of this call refers to this one dictionary.
            arguments.clear()
            if records is not None:
                _logs.emit(records)

    def close(self) -> None:
        """Closes the client. Calls in progress still complete, then their connections are closed.

        Later calls raise `ClosedError`. A client is also closed when it is garbage-collected.
        """
        self._calls.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        calls = getattr(self, "_calls", None)  # unset if `__init__` failed; a crash report may print the client
        return f"<renumerate_sdk.Client {'not created' if calls is None else calls.describe()}>"

    def __reduce__(self) -> Never:
        raise TypeError("a client contains the private key and cannot be pickled or copied: create one in each process")


expand_signature(Client.__init__, ClientOptions)
expand_signature(Client.create_retention_session, RetentionArguments)
expand_signature(Client.create_subscription_session, SubscriptionArguments)
expand_signature(Client.create_handshake_token, TokenArguments)
