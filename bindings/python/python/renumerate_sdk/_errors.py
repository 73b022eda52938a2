"""What can go wrong, by class. The core fills the attributes in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from renumerate_sdk._native import Attempt


class RenumerateError(Exception):
    """Whatever this package raises. ``str(error)`` is one line with the reason, its cause and the remedy; it never
    holds the private key or a session id.

    What the statuses mean: https://docs.renumerate.com/reference/error-reference
    """

    code: str = "renumerate"
    """The stable code of the class, such as ``"not_found"``; the same in every language of this SDK."""

    message: str
    """The reason alone: the server's own ``error`` text where it sent one, else what can be said."""

    retryable: bool
    """Whether the same request may succeed when it is sent again."""

    attempts: tuple[Attempt, ...]
    """What each attempt of the call met and how long it took; empty where nothing was sent."""

    hints: tuple[str, ...]
    """What may help, each in a few words; part of ``str(error)``."""

    request_id: str | None = None
    """The service's own id of the request, where an answer came with one: quote it to their support."""

    retry_after: float | None = None
    """For how many seconds the service asks to wait before the next request, where an answer says so."""

    def __init__(
        self,
        text: str = "",
        *,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text)
        self.message = text if message is None else message
        self.retryable = retryable
        self.attempts = attempts
        self.hints = hints


class _FieldError(RenumerateError):
    field: str | None
    """The option or the parameter that is at fault, such as ``"base_url"`` or ``"customer_id"``."""

    def __init__(
        self,
        text: str = "",
        *,
        field: str | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text, message=message, retryable=retryable, attempts=attempts, hints=hints)
        self.field = field


class ConfigurationError(_FieldError):
    """A setting cannot be used: the key, the base URL, a file, an option out of range. Nothing was sent."""

    code = "configuration"


class ValidationError(_FieldError):
    """A parameter is certainly wrong. Nothing was sent."""

    code = "validation"


class _ResponseError(RenumerateError):
    status: int | None
    """The HTTP status of the answer."""

    content_type: str | None
    """The content type of the answer."""

    body: str | None
    """The answer's body: at most 512 characters, without control characters, secrets masked."""

    def __init__(
        self,
        text: str = "",
        *,
        status: int | None = None,
        request_id: str | None = None,
        content_type: str | None = None,
        body: str | None = None,
        retry_after: float | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text, message=message, retryable=retryable, attempts=attempts, hints=hints)
        self.status = status
        self.request_id = request_id
        self.content_type = content_type
        self.body = body
        self.retry_after = retry_after


class ApiError(_ResponseError):
    """The service answered with a status from 400 on; the classes below this one say which."""

    code = "api"


class BadRequestError(ApiError):
    """400 or 422: the service refuses the parameters."""

    code = "bad_request"


class AuthenticationError(ApiError):
    """401 or 403: the service does not take the private key."""

    code = "authentication"


class NotFoundError(ApiError):
    """404: there is no such customer or subscription."""

    code = "not_found"


class RateLimitError(ApiError):
    """429: too many requests; ``retry_after`` says for how long to wait, where the service says so."""

    code = "rate_limited"


class ServerError(ApiError):
    """5xx: the service failed."""

    code = "server"


class UnexpectedResponseError(_ResponseError):
    """An answer that is not the documented one: 1xx, 3xx, or a 2xx without a session id. A proxy, most likely."""

    code = "unexpected_response"


class NetworkError(RenumerateError):
    """No answer came."""

    code = "network"

    phase: Literal["dns", "connect", "tls", "send", "read"] | None
    """How far the call came."""

    def __init__(
        self,
        text: str = "",
        *,
        phase: Literal["dns", "connect", "tls", "send", "read"] | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text, message=message, retryable=retryable, attempts=attempts, hints=hints)
        self.phase = phase


class RequestTimeoutError(RenumerateError):
    """No answer came in time."""

    code = "timeout"

    timeout_scope: Literal["connect", "attempt", "total"] | None
    """Which limit ended the call: ``connect_timeout``, ``attempt_timeout`` or ``timeout``."""

    def __init__(
        self,
        text: str = "",
        *,
        timeout_scope: Literal["connect", "attempt", "total"] | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
    ) -> None:
        super().__init__(text, message=message, retryable=retryable, attempts=attempts, hints=hints)
        self.timeout_scope = timeout_scope
