# Type stubs of the native module. A test compares them with the module. The docstrings are in the module itself.
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, Literal, final

from typing_extensions import Self, disjoint_base

__all__ = [
    "VERSION",
    "AsyncCalls",
    "Attempt",
    "BlockingCalls",
    "LoopCalls",
    "RetentionSession",
    "Session",
    "SubscriptionSession",
    "report",
]

VERSION: Final[str]

@final
class Attempt:
    def __new__(
        cls,
        outcome: str,
        *,
        status: int | None = None,
        phase: str | None = None,
        limit: str | None = None,
        waited: float = 0.0,
        elapsed: float = 0.0,
    ) -> Self: ...
    @property
    def outcome(self) -> Literal["status", "network", "timeout"]: ...
    @property
    def status(self) -> int | None: ...
    @property
    def phase(self) -> Literal["dns", "connect", "tls", "send", "read"] | None: ...
    @property
    def limit(self) -> Literal["connect", "attempt", "total"] | None: ...
    @property
    def waited(self) -> float: ...
    @property
    def elapsed(self) -> float: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class Session:
    @property
    def id(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def request_id(self) -> str | None: ...
    @property
    def attempts(self) -> tuple[Attempt, ...]: ...
    def to_dict(self) -> dict[str, str]: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class RetentionSession(Session):
    def __new__(
        cls, id: str, url: str = "", request_id: str | None = None, attempts: Sequence[Attempt] = ()
    ) -> Self: ...

@final
class SubscriptionSession(Session):
    def __new__(
        cls, id: str, url: str = "", request_id: str | None = None, attempts: Sequence[Attempt] = ()
    ) -> Self: ...

_Seconds = float | timedelta

@final
class BlockingCalls:
    def __new__(cls, **options: object) -> Self: ...
    def create_retention_session(
        self,
        parameters: tuple[str | None, str | None, str | None],
        timeout: _Seconds | None,
        max_retries: int | None,
        unknown: Mapping[str, object],
        records: list[tuple[int, float, str]] | None,
    ) -> RetentionSession: ...
    def create_subscription_session(
        self,
        parameters: tuple[str | None, str | None],
        timeout: _Seconds | None,
        max_retries: int | None,
        unknown: Mapping[str, object],
        records: list[tuple[int, float, str]] | None,
    ) -> SubscriptionSession: ...
    def state(self) -> str: ...
    def close(self) -> None: ...

@final
class AsyncCalls:
    def __new__(cls, **options: object) -> Self: ...
    def start_retention_session(
        self,
        calls: LoopCalls,
        future: Future[RetentionSession],
        parameters: tuple[str | None, str | None, str | None],
        timeout: _Seconds | None,
        max_retries: int | None,
        unknown: Mapping[str, object],
        listens: bool,
    ) -> int: ...
    def start_subscription_session(
        self,
        calls: LoopCalls,
        future: Future[SubscriptionSession],
        parameters: tuple[str | None, str | None],
        timeout: _Seconds | None,
        max_retries: int | None,
        unknown: Mapping[str, object],
        listens: bool,
    ) -> int: ...
    def state(self) -> str: ...
    def close(self) -> None: ...

@final
class LoopCalls:
    def __new__(cls) -> Self: ...
    def fileno(self) -> int: ...
    def call_instead(self, function: Callable[[], None]) -> None: ...
    def hush(self) -> None: ...
    def next_news(self) -> tuple[Future[Any] | None, Any] | None: ...
    def abort(self, number: int) -> None: ...

def report(error: BaseException) -> None: ...
