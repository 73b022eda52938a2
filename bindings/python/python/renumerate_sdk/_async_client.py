"""Asynchronous client for asyncio and trio."""

from __future__ import annotations

from renumerate_sdk import _event_loop, _logs, _native, _trio
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


class AsyncClient:
    """Asynchronous client that creates sessions and handshake tokens, for asyncio, uvloop and trio.

    Create one client per process and share it. Several event loops may use it, one after another or at the same time.
    Forked child processes may use it too.

    >>> from renumerate_sdk import AsyncClient
    >>> client = AsyncClient("sk_live_4eC39HqLyjWDarjtT1zdp7dc", timeout=10)

    Creating a client opens no connection and starts no thread. The first call starts one background thread for all
    clients of the process. This thread sends requests and reads responses even while the event loop is busy.

    If a task is cancelled during a call, the call raises `asyncio.CancelledError` or ``trio.Cancelled``, and its
    connection is closed.

    The constructor accepts the same arguments as `Client`.

    Raises:
        ConfigurationError: An option is invalid. The ``field`` of the exception is the name of the option.
    """

    def __init__(self, private_key: str | None = None, **options: Unpack[ClientOptions]) -> None:
        try:
            self._calls = _native.Calls(private_key=private_key, **in_declared_order(options))
        finally:
            # Delete these variables, because some crash reports show local variables and would show the private key.
            del private_key, options

    async def create_retention_session(self, **arguments: Unpack[RetentionArguments]) -> RetentionSession:
        """Creates a session that opens the cancel flow: ``POST /v1/retention/session``.

        Arguments, return value and exceptions are the same as for `Client.create_retention_session`.
        """
        return await self._create(_native.EndpointKind.Retention, RetentionSession, arguments)

    async def create_subscription_session(self, **arguments: Unpack[SubscriptionArguments]) -> SubscriptionSession:
        """Creates a session that opens the SubscriptionHub: ``POST /v1/subscription/session``.

        Arguments, return value and exceptions are the same as for `Client.create_subscription_session`.
        """
        return await self._create(_native.EndpointKind.Subscription, SubscriptionSession, arguments)

    def create_handshake_token(self, **arguments: Unpack[TokenArguments]) -> HandshakeToken:
        """Creates a handshake token, which the browser exchanges for a session of the customer.

        Unlike the other methods, this one is not asynchronous, because it makes no request. Arguments, return value and
        exceptions are the same as for `Client.create_handshake_token`.
        """
        records = _logs.new_buffer()
        try:
            return self._calls.create_handshake_token(arguments, records)
        finally:
            del arguments  # because some crash reports show local variables
            if records is not None:
                _logs.emit(records)

    async def _create(
        self,
        kind: EndpointKind,
        session_class: type[_Session],
        arguments: Any,
    ) -> _Session:
        records = _logs.new_buffer()
        try:
            try:
                if _trio.is_running():
                    calls, set_event, wait = await _trio.new_call()
                else:
                    calls, set_event, wait = _event_loop.new_call()
                call_id = self._calls.start_session(calls, set_event, kind, session_class, arguments, records)
            finally:
                # Some crash reports show local variables. Every frame of this call refers to this one dictionary.
                arguments.clear()
            try:
                await wait()
                session: _Session = calls.take_result(call_id)
                return session
            finally:
                calls.abort(call_id)
        finally:
            if records is not None:
                _logs.emit(records)

    async def close(self) -> None:
        """Closes the client. Calls in progress still complete, then their connections are closed.

        Later calls raise `ClosedError`. A client is also closed when it is garbage-collected.
        """
        self._calls.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        calls = getattr(self, "_calls", None)  # unset if `__init__` failed; a crash report may print the client
        return f"<renumerate_sdk.AsyncClient {'not created' if calls is None else calls.describe()}>"

    def __reduce__(self) -> Never:
        raise TypeError("a client contains the private key and cannot be pickled or copied: create one in each process")


expand_signature(AsyncClient.__init__, ClientOptions)
expand_signature(AsyncClient.create_retention_session, RetentionArguments)
expand_signature(AsyncClient.create_subscription_session, SubscriptionArguments)
expand_signature(AsyncClient.create_handshake_token, TokenArguments)
