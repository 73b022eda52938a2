"""Server-side client for `Renumerate <https://renumerate.com>`_.

When a customer clicks "cancel" or opens the SubscriptionHub (the vendor's widget for subscriptions), your backend
creates a session with the brand's private key and sends the session id to the customer's page. With the vendor's newer
contract, it creates a handshake token instead. `Client` is for blocking code, `AsyncClient` for asyncio and trio.
"""

from __future__ import annotations

from renumerate_sdk._client import Client
from renumerate_sdk._errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ClosedError,
    ConfigurationError,
    InternalError,
    NetworkError,
    NotFoundError,
    RateLimitError,
    RenumerateError,
    RequestTimeoutError,
    ServerError,
    UnexpectedResponseError,
    ValidationError,
)
from renumerate_sdk._native import VERSION as __version__
from renumerate_sdk._native import Attempt, HandshakeToken, Session
from renumerate_sdk._sessions import RetentionSession, SubscriptionSession

TYPE_CHECKING = False
if TYPE_CHECKING:
    from renumerate_sdk._async_client import AsyncClient

__all__ = [
    "ApiError",
    "AsyncClient",
    "Attempt",
    "AuthenticationError",
    "BadRequestError",
    "Client",
    "ClosedError",
    "ConfigurationError",
    "HandshakeToken",
    "InternalError",
    "NetworkError",
    "NotFoundError",
    "RateLimitError",
    "RenumerateError",
    "RequestTimeoutError",
    "RetentionSession",
    "ServerError",
    "Session",
    "SubscriptionSession",
    "UnexpectedResponseError",
    "ValidationError",
    "__version__",
]


def _set_public_module(*names: str) -> None:
    """Sets the module of classes to this package, so that tracebacks and pickles contain the public names."""
    for name in names:
        globals()[name].__module__ = __name__


_set_public_module("Client", "RetentionSession", "SubscriptionSession")
_set_public_module(*(name for name in __all__ if name.endswith("Error")))


def __getattr__(name: str) -> object:
    # Import `AsyncClient` on first use, because its module imports asyncio. That takes ten times as long as importing
    # the rest of this package.
    if name == "AsyncClient":
        from renumerate_sdk._async_client import AsyncClient

        globals()[name] = AsyncClient
        _set_public_module(name)
        return AsyncClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
