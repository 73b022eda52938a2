"""The server-side client for `Renumerate <https://renumerate.com>`_.

Your customer clicks "cancel", or opens the SubscriptionHub; your backend mints a session id with the brand's private
key and hands it to the page. `Client` does that for code that blocks, `AsyncClient` for asyncio.
"""

from __future__ import annotations

from renumerate_sdk._client import Client
from renumerate_sdk._errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
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
from renumerate_sdk._native import Attempt, RetentionSession, Session, SubscriptionSession

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
    "ConfigurationError",
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

# Users see and pickle these by the name that they import them by.
for _name in __all__:
    if _name.endswith("Error") or _name == "Client":
        globals()[_name].__module__ = __name__
del _name


def __getattr__(name: str) -> object:
    # asyncio takes ten times as long to import as all of this package: only those who use it pay for it.
    if name == "AsyncClient":
        from renumerate_sdk._async_client import AsyncClient

        AsyncClient.__module__ = __name__
        globals()[name] = AsyncClient
        return AsyncClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
