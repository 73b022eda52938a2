"""Declarations of the keyword arguments of clients and calls.

Methods accept ``**arguments: Unpack[...]``, so type checkers read the names and types from the classes in this module.
`expand_signature` makes the same names and types visible to `inspect`, ``help`` and Sphinx.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from inspect import Signature
    from os import PathLike
    from typing import Any

    from typing_extensions import TypedDict
else:

    class TypedDict:
        """Replaces `typing.TypedDict` at run time: importing `typing` takes longer than importing this package."""

        def __init_subclass__(cls, total=True, closed=False):
            classes = (*cls.__bases__, cls)
            cls.__annotations__ = {name: kind for each in classes for name, kind in each.__annotations__.items()}
            cls.__total__ = total


class ClientOptions(TypedDict, total=False, closed=True):
    """Options of a client. The private key is not among them, because it can also be passed by position."""

    public_key: str | None
    base_url: str | None
    timeout: float | timedelta | None
    attempt_timeout: float | timedelta | None
    connect_timeout: float | timedelta | None
    max_retries: int | None
    max_connections: int | None
    proxy: str | None
    ca_bundle: str | PathLike[str] | None
    app_info: str | None
    widgets_base_url: str | None


class CallOptions(TypedDict, total=False):
    """Options of a call."""

    timeout: float | timedelta | None
    max_retries: int | None


class CustomerParams(TypedDict, total=False):
    """Parameters that identify the customer of a session."""

    customer_id: str | None
    customer_email: str | None


class RetentionParams(CustomerParams, total=False):
    """Parameters of a retention session."""

    subscription_id: str | None


class RetentionArguments(RetentionParams, CallOptions, total=False, closed=True):
    """Keyword arguments of ``create_retention_session``."""


class SubscriptionArguments(CustomerParams, CallOptions, total=False, closed=True):
    """Keyword arguments of ``create_subscription_session``."""


class TokenArguments(TypedDict, closed=True):
    """Keyword arguments of ``create_handshake_token``."""

    customer_id: str


def in_declared_order(options: Mapping[str, object]) -> dict[str, object]:
    """Sorts client options into the order of `ClientOptions`, with unknown names last.

    The native client reports only the first invalid option. Because of this sorting, the order in which the caller
    passes the options does not change the error.
    """
    known = {name: options[name] for name in ClientOptions.__annotations__ if name in options}
    return {**known, **options}


def expand_signature(function: Callable[..., object], arguments: type) -> None:
    """Makes `inspect.signature` list the names of a `TypedDict` in place of the function's ``**arguments``."""
    function.__dict__["__wrapped__"] = _ExpandedSignature(function, arguments)


class _ExpandedSignature:
    """Value for the ``__wrapped__`` attribute of a function, from which `inspect.signature` takes the signature.

    The signature is created only on request, because importing `inspect` takes longer than importing this package.
    """

    def __init__(self, function: Any, arguments: Any) -> None:
        self._function, self._arguments = function, arguments
        # `inspect.getsource` follows this attribute to find the source code. The attribute is a copy of the function,
        # because a reference to the function itself would form a cycle, for which `inspect.unwrap` raises an exception.
        self.__wrapped__ = type(function)(function.__code__, function.__globals__)

    @property
    def __signature__(self) -> Signature:
        from inspect import Parameter, signature

        declared = signature(self._function, follow_wrapped=False)
        default = Parameter.empty if self._arguments.__total__ else None
        parameters = [
            *(parameter for parameter in declared.parameters.values() if parameter.kind != Parameter.VAR_KEYWORD),
            *(
                Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
                for name, annotation in self._arguments.__annotations__.items()
            ),
        ]
        return declared.replace(parameters=parameters)
