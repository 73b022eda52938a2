"""Exception classes. The native core creates the exceptions and sets their attributes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from renumerate_sdk._native import Attempt


class RenumerateError(Exception):
    """Base class of all exceptions that the clients raise.

    ``str(error)`` is one line: what happened at which host, the number of attempts, and what to do. It never contains
    the private key or a session id. ``__cause__`` has the system's texts, if there are any.

    The vendor documents the HTTP statuses at https://docs.renumerate.com/reference/error-reference.
    """

    code: str = "renumerate"
    """Stable code of the class, such as ``"not_found"``. It is the same in every language of this SDK."""

    message: str
    """Reason for the error, without the host, the attempts and the hints.

    This is the ``error`` text of the response. If there is no such text, it is a description by this library.
    """

    retryable: bool
    """Whether the same request may succeed if it is sent again."""

    attempts: tuple[Attempt, ...]
    """Outcome and duration of each attempt of the call; empty if no request was sent."""

    hints: tuple[str, ...]
    """Short hints: what to do, and parameters that look wrong. They are part of ``str(error)``."""

    host: str | None
    """Host that failed, with its port unless that is the default: the service's host, or the proxy."""

    host_setting: str | None
    """Option or environment variable that names ``host``, or ``None`` if the default applies."""

    request_id: str | None = None
    """Request id from the response, or ``None``. Quote it to the vendor's support."""

    retry_after: float | None = None
    """Time to wait before the next request, in seconds, if the response asks for it; otherwise ``None``."""

    def __init__(
        self,
        text: str = "",
        *,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
        host: str | None = None,
        host_setting: str | None = None,
    ) -> None:
        super().__init__(text)
        self.message = text if message is None else message
        self.retryable = retryable
        self.attempts = attempts
        self.hints = hints
        self.host = host
        self.host_setting = host_setting


class _FieldError(RenumerateError):
    field: str | None
    """Name of the invalid option or parameter, such as ``"base_url"`` or ``"customer_id"``, or ``None``."""

    def __init__(
        self,
        text: str = "",
        *,
        field: str | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
        host: str | None = None,
        host_setting: str | None = None,
    ) -> None:
        super().__init__(
            text,
            message=message,
            retryable=retryable,
            attempts=attempts,
            hints=hints,
            host=host,
            host_setting=host_setting,
        )
        self.field = field


class ConfigurationError(_FieldError):
    """An option is invalid, such as the private key, a URL, a file or a number out of range. No request was sent."""

    code = "configuration"


class ValidationError(_FieldError):
    """A parameter is invalid. No request was sent."""

    code = "validation"


class ClosedError(RenumerateError):
    """The client was closed before the call. No request was sent."""

    code = "closed"


class InternalError(RenumerateError):
    """This library has a bug; for example, a call ended without a result. Please report it."""

    code = "internal"


class _ResponseError(RenumerateError):
    status: int | None
    """HTTP status of the response."""

    content_type: str | None
    """Content type of the response, or ``None``."""

    body: str | None
    """Body of the response: at most 512 characters, without control characters, with secrets redacted."""

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
        host: str | None = None,
        host_setting: str | None = None,
    ) -> None:
        super().__init__(
            text,
            message=message,
            retryable=retryable,
            attempts=attempts,
            hints=hints,
            host=host,
            host_setting=host_setting,
        )
        self.status = status
        self.request_id = request_id
        self.content_type = content_type
        self.body = body
        self.retry_after = retry_after


class ApiError(_ResponseError):
    """The service returned a status of 400 or above. Common statuses have their own subclasses."""

    code = "api"


class BadRequestError(ApiError):
    """400 or 422: the service rejected the parameters."""

    code = "bad_request"


class AuthenticationError(ApiError):
    """401 or 403: the service rejected the private key."""

    code = "authentication"


class NotFoundError(ApiError):
    """404 with an error message of the service: the customer or the subscription does not exist."""

    code = "not_found"


class RateLimitError(ApiError):
    """429: too many requests. ``retry_after`` is set if the service says how long to wait."""

    code = "rate_limited"


class ServerError(ApiError):
    """5xx: the service failed."""

    code = "server"


class UnexpectedResponseError(_ResponseError):
    """The response has a form that the service does not document.

    Its status is 1xx or 3xx, it is 2xx but has no session id, or it is 404 but has no error message of the service. The
    response probably came from a proxy.
    """

    code = "unexpected_response"


class NetworkError(RenumerateError):
    """The network failed before the response was complete."""

    code = "network"

    phase: Literal["dns", "connect", "tls", "send", "read"] | None
    """Phase of the call in which the network failed."""

    status: int | None
    """HTTP status with which a proxy refused to open a tunnel to the service, or ``None``."""

    def __init__(
        self,
        text: str = "",
        *,
        phase: Literal["dns", "connect", "tls", "send", "read"] | None = None,
        status: int | None = None,
        retry_after: float | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
        host: str | None = None,
        host_setting: str | None = None,
    ) -> None:
        super().__init__(
            text,
            message=message,
            retryable=retryable,
            attempts=attempts,
            hints=hints,
            host=host,
            host_setting=host_setting,
        )
        self.phase = phase
        self.status = status
        self.retry_after = retry_after


class RequestTimeoutError(RenumerateError):
    """A timeout expired before the response was complete."""

    code = "timeout"

    timeout_scope: Literal["connect", "attempt", "total"] | None
    """Timeout that ended the call.

    ``"connect"`` stands for the option ``connect_timeout``, ``"attempt"`` for ``attempt_timeout``, and ``"total"`` for
    ``timeout``.
    """

    phase: Literal["dns", "connect", "tls", "send", "read"] | None
    """Phase in which the last attempt was when its time was over, or ``None`` if the call made no attempt."""

    def __init__(
        self,
        text: str = "",
        *,
        timeout_scope: Literal["connect", "attempt", "total"] | None = None,
        phase: Literal["dns", "connect", "tls", "send", "read"] | None = None,
        message: str | None = None,
        retryable: bool = False,
        attempts: tuple[Attempt, ...] = (),
        hints: tuple[str, ...] = (),
        host: str | None = None,
        host_setting: str | None = None,
    ) -> None:
        super().__init__(
            text,
            message=message,
            retryable=retryable,
            attempts=attempts,
            hints=hints,
            host=host,
            host_setting=host_setting,
        )
        self.timeout_scope = timeout_scope
        self.phase = phase
