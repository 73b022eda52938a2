"""The client that blocks."""

from __future__ import annotations

from sys import modules

from renumerate_sdk import _logs, _native
from renumerate_sdk._arguments import (
    ClientOptions,
    RetentionArguments,
    SubscriptionArguments,
    expand_signature,
    in_declared_order,
    pop_retention_params,
    pop_subscription_params,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from types import TracebackType
    from typing import TypeVar

    from typing_extensions import Never, Self, Unpack

    from renumerate_sdk._arguments import CallOptions
    from renumerate_sdk._native import RetentionSession, SubscriptionSession

    _Params = TypeVar("_Params")
    _Session = TypeVar("_Session")
    _Create = Callable[
        [_Params, float | timedelta | None, int | None, CallOptions, list[_logs.Record] | None], _Session
    ]


class Client:
    """Mints sessions, and blocks meanwhile. Make one for the process and share it among its threads; forked processes
    may use it too. Making one opens no connection and starts no thread.

    >>> from renumerate_sdk import Client
    >>> client = Client("sk_live_4eC39HqLyjWDarjtT1zdp7dc", timeout=10)

    What the vendor says of its two calls: https://docs.renumerate.com/reference/api

    Args:
        private_key: The brand's private key. Default: the variable ``RENUMERATE_PRIVATE_KEY``; where that is not set
            either, the first call looks for it again.
        base_url: Where the service is. Default: the variable ``RENUMERATE_BASE_URL``, else
            ``https://api.renumerate.com``. ``http://`` is taken for loopback, or with a key of the sandbox.
        timeout: The limit of a whole call, in seconds or as a timedelta, from the name look-up to the last byte of the
            body, all attempts and waits included. Default: 25 s. ``None`` means the default, never "no limit".
        attempt_timeout: The limit of one attempt, its body included. Default: 10 s.
        connect_timeout: The limit of opening a connection: name look-up, TCP and TLS. Default: 5 s.
        max_retries: How often a call that failed is tried again, 0 to 10. Default: 2.
        proxy: The proxy to go through, ``http://[user:password@]host[:port]``. Default: the variables ``HTTPS_PROXY``,
            ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``. Loopback is always reached directly.
        ca_bundle: A PEM file of certificates to trust beside the platform's and the bundled ones. Default: the variable
            ``RENUMERATE_CA_BUNDLE``.
        app_info: Your application's name and version, ``"Shop/1.2"``, added to the user agent.
        widgets_base_url: Where the widgets are that ``session.url`` points to. Default: the vendor's hosts, or
            ``https://localhost:4321`` with a base URL on loopback.

    Raises:
        ConfigurationError: A setting cannot be used; its ``field`` says which.
    """

    __slots__ = ("__weakref__", "_calls")

    def __init__(self, private_key: str | None = None, **options: Unpack[ClientOptions]) -> None:
        try:
            self._calls = _native.BlockingCalls(private_key=private_key, **in_declared_order(options))
        finally:
            # Crash reports that include local variables must not include secrets.
            del private_key, options

    def create_retention_session(self, **arguments: Unpack[RetentionArguments]) -> RetentionSession:
        """Mints a session that opens the cancel flow: ``POST /v1/retention/session``.

        Mint it when the customer clicks, for the customer that your backend has signed in, and do not cache it.

        Args:
            customer_id: The customer's id at the payment provider, ``cus_…``. This or the e-mail, or both.
            customer_email: The customer's e-mail address.
            subscription_id: The subscription that it is about, ``sub_…``. Default: the service finds it.
            timeout: The limit of this whole call, in seconds or as a timedelta. Default: the client's.
            max_retries: How often this call is tried again, 0 to 10. Default: the client's.

        Returns:
            The session; ``session.id`` (``ret_…``) is for your page.

        Raises:
            ValidationError: A parameter is certainly wrong; nothing was sent.
            ConfigurationError: An option cannot be used, or there is no private key; nothing was sent.
            ApiError: The service answered with a status from 400 on: ``BadRequestError``, ``AuthenticationError``,
                ``NotFoundError``, ``RateLimitError``, ``ServerError``.
            NetworkError: No answer came.
            RequestTimeoutError: No answer came in time.
            UnexpectedResponseError: The answer is not the documented one.
        """
        params = pop_retention_params(arguments)
        return self._create(self._calls.create_retention_session, params, arguments)

    def create_subscription_session(self, **arguments: Unpack[SubscriptionArguments]) -> SubscriptionSession:
        """Mints a session that opens the SubscriptionHub: ``POST /v1/subscription/session``.

        Args:
            customer_id: The customer's id at the payment provider, ``cus_…``. This or the e-mail, or both.
            customer_email: The customer's e-mail address.
            timeout: The limit of this whole call, in seconds or as a timedelta. Default: the client's.
            max_retries: How often this call is tried again, 0 to 10. Default: the client's.

        Returns:
            The session; ``session.id`` (``sub_…``) is for your page.

        Raises:
            RenumerateError: As `create_retention_session` does.
        """
        params = pop_subscription_params(arguments)
        return self._create(self._calls.create_subscription_session, params, arguments)

    def _create(self, create: _Create[_Params, _Session], params: _Params, options: CallOptions) -> _Session:
        timeout, max_retries = options.pop("timeout", None), options.pop("max_retries", None)
        if "gevent" in modules or "eventlet" in modules:
            from renumerate_sdk._greenlets import run_in_hub_threadpool

            create = run_in_hub_threadpool(create)
        records = _logs.new_buffer()
        try:
            return create(params, timeout, max_retries, options, records)
        finally:
            if records is not None:
                _logs.emit(records)

    def close(self) -> None:
        """Closes the connections that wait for a call; calls that are under way go on to their end.

        A later call raises a `ConfigurationError`. A client that is garbage closes by itself.
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
        calls = getattr(self, "_calls", None)  # reports of errors print clients that could not be made
        return f"<renumerate_sdk.Client {'not made' if calls is None else calls.state()}>"

    def __reduce__(self) -> Never:
        raise TypeError("a client holds the private key and cannot be pickled or copied: make one in each process")


expand_signature(Client.__init__, ClientOptions)
expand_signature(Client.create_retention_session, RetentionArguments)
expand_signature(Client.create_subscription_session, SubscriptionArguments)
