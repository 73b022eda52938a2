"""The client that is awaited."""

from __future__ import annotations

from renumerate_sdk import _event_loop, _logs, _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import Future
    from datetime import timedelta
    from os import PathLike
    from types import TracebackType

    from typing_extensions import Never, Self

    from renumerate_sdk._native import RetentionSession, SubscriptionSession


class AsyncClient:
    """Mints sessions in an asyncio program. Make one for the process and share it: it may be used by several event
    loops, one after the other or side by side, and by forked processes. uvloop works; trio does not.

    >>> from renumerate_sdk import AsyncClient
    >>> client = AsyncClient("sk_live_4eC39HqLyjWDarjtT1zdp7dc", timeout=10)

    Making one opens no connection and starts no thread. The first call starts one thread for all clients of the
    process; it drives the calls, so that a busy loop holds none of them up.

    A call whose task is cancelled raises `asyncio.CancelledError`, and its connection is closed.

    The arguments are those of `Client`.

    Raises:
        ConfigurationError: A setting cannot be used; its ``field`` says which.
    """

    __slots__ = ("__weakref__", "_calls")

    def __init__(
        self,
        private_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float | timedelta | None = None,
        attempt_timeout: float | timedelta | None = None,
        connect_timeout: float | timedelta | None = None,
        max_retries: int | None = None,
        proxy: str | None = None,
        ca_bundle: str | PathLike[str] | None = None,
        app_info: str | None = None,
        widgets_base_url: str | None = None,
        **unknown: Never,
    ) -> None:
        try:
            self._calls = _native.AsyncCalls(
                private_key=private_key,
                base_url=base_url,
                timeout=timeout,
                attempt_timeout=attempt_timeout,
                connect_timeout=connect_timeout,
                max_retries=max_retries,
                proxy=proxy,
                ca_bundle=ca_bundle,
                app_info=app_info,
                widgets_base_url=widgets_base_url,
                **unknown,
            )
        finally:
            # Reports of errors that show local variables must show none of these.
            del private_key, proxy, unknown

    async def create_retention_session(
        self,
        *,
        customer_id: str | None = None,
        customer_email: str | None = None,
        subscription_id: str | None = None,
        timeout: float | timedelta | None = None,
        max_retries: int | None = None,
        **unknown: Never,
    ) -> RetentionSession:
        """Mints a session that opens the cancel flow: ``POST /v1/retention/session``.

        Parameters, result and errors are those of `Client.create_retention_session`.
        """
        loop, calls = _event_loop.running()
        future: Future[RetentionSession] = loop.create_future()
        listens = _logs.wanted() is not None
        parameters = (customer_id, customer_email, subscription_id)
        number = self._calls.start_retention_session(calls, future, parameters, timeout, max_retries, unknown, listens)
        try:
            return await future
        except BaseException:
            calls.abort(number)
            raise
        finally:
            del future  # an error that it holds would hold this frame, and so the future

    async def create_subscription_session(
        self,
        *,
        customer_id: str | None = None,
        customer_email: str | None = None,
        timeout: float | timedelta | None = None,
        max_retries: int | None = None,
        **unknown: Never,
    ) -> SubscriptionSession:
        """Mints a session that opens the SubscriptionHub: ``POST /v1/subscription/session``.

        Parameters, result and errors are those of `Client.create_subscription_session`.
        """
        loop, calls = _event_loop.running()
        future: Future[SubscriptionSession] = loop.create_future()
        listens = _logs.wanted() is not None
        parameters = (customer_id, customer_email)
        number = self._calls.start_subscription_session(
            calls, future, parameters, timeout, max_retries, unknown, listens
        )
        try:
            return await future
        except BaseException:
            calls.abort(number)
            raise
        finally:
            del future  # an error that it holds would hold this frame, and so the future

    async def close(self) -> None:
        """Closes the connections that wait for a call; calls that are under way go on to their end.

        A later call raises a `ConfigurationError`. A client that is garbage closes by itself.
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
        calls = getattr(self, "_calls", None)  # reports of errors print clients that could not be made
        return f"<renumerate_sdk.AsyncClient {'not made' if calls is None else calls.state()}>"

    def __reduce__(self) -> Never:
        raise TypeError("a client holds the private key and cannot be pickled or copied: make one in each process")
