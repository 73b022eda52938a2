"""Values that a sandbox returns: received requests, customers and exchanged sessions."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from typing import Any, NamedTuple


class ReceivedRequest(NamedTuple):
    """Request that a sandbox received, and the response to it."""

    method: str
    """HTTP method, such as ``"POST"``."""
    path: str
    """Path, including the query."""
    headers: dict[str, str]
    """Headers by lower-case name, without the private key."""
    body: str
    """Body as text. `json` parses it."""
    status: int
    """HTTP status of the response; 0 while there is none."""
    at: float
    """Time of arrival, in seconds since the sandbox started."""
    case: str | None
    """Name of the case or script that defined the response (see `Sandbox.add_cases`), or ``None``."""
    problem: str | None
    """Difference between this request and the request that the case expects, or ``None``."""
    connection: int
    """Number of the connection that carried the request."""
    closed: bool
    """Whether the connection is closed."""

    def json(self) -> Any:
        """Parses the body.

        Raises:
            ValueError: The body is not JSON.
        """
        return json.loads(self.body)


class ExchangedSession(NamedTuple):
    """Session that a handshake token was exchanged for. Its ``repr`` masks the id."""

    id: str
    """Session id, ``r10_…``. It opens the widgets of the customer."""
    expires_at: datetime
    """Time in UTC after which the id opens no widget."""

    def __repr__(self) -> str:
        return f"ExchangedSession(id='{self.id[:4]}…', expires_at={self.expires_at!r})"


class Plan(NamedTuple):
    """Plan of a subscription."""

    id: str
    """Id of the plan."""
    name: str
    """Name that customers see."""
    amount: int
    """Price per interval in the smallest unit of the currency: 2900 is 29.00 dollars."""
    currency: str
    """ISO code of the currency in lower case, such as ``"usd"``."""
    interval: str
    """Billing interval, ``"month"`` or ``"year"``."""


class Discount(NamedTuple):
    """Discount for some months."""

    percent: int
    """Discount in percent."""
    months: int
    """Duration in months."""


class SubscriptionRecord(NamedTuple):
    """Subscription of a customer."""

    id: str
    """Id, a ``subscription_id`` of this customer."""
    plan: Plan
    """Plan."""
    status: str
    """``"active"``, ``"paused"`` or ``"cancelled"``."""
    next_bill: date | None
    """Date of the next bill; ``None`` if the subscription is cancelled."""
    resumes_on: date | None
    """Date on which the pause ends, if the subscription is paused."""
    ends_on: date | None
    """Last day of use, if the subscription is cancelled."""
    discount: Discount | None
    """Current discount, or ``None``."""


class CustomerRecord(NamedTuple):
    """Customer of a sandbox, with the data that the widgets show."""

    id: str | None
    """Id, or ``None`` if only the e-mail address is known."""
    email: str | None
    """E-mail address, or ``None``."""
    name: str
    """Name."""
    subscriptions: list[SubscriptionRecord]
    """Subscriptions, including cancelled ones."""


def to_request(record: dict[str, Any]) -> ReceivedRequest:
    names = set(ReceivedRequest._fields) - {"at"}
    return ReceivedRequest(at=record["at_ms"] / 1000, **{name: record[name] for name in names})


def to_exchanged_session(response: Any) -> ExchangedSession | None:
    """Converts the body of the response to an exchange; returns ``None`` if it contains no session."""
    try:
        session = response["session"]
        return ExchangedSession(str(session["sessionId"]), datetime.fromtimestamp(session["expiresAt"], timezone.utc))
    except (LookupError, TypeError, ValueError):
        return None


def to_customer(record: dict[str, Any]) -> CustomerRecord:
    subscriptions = [_to_subscription(subscription) for subscription in record["subscriptions"]]
    return CustomerRecord(record["id"], record["email"], record["name"], subscriptions)


def _to_subscription(record: dict[str, Any]) -> SubscriptionRecord:
    days = {name: record[name] and date.fromisoformat(record[name]) for name in ("next_bill", "resumes_on", "ends_on")}
    return SubscriptionRecord(
        id=record["id"],
        plan=_to_tuple(Plan, record["plan"]),
        status=record["status"],
        discount=record["discount"] and _to_tuple(Discount, record["discount"]),
        **days,
    )


def _to_tuple(tuple_class: Any, record: dict[str, Any]) -> Any:
    """Converts a record to a named tuple. Members that a later command may add are ignored."""
    return tuple_class(**{name: record[name] for name in tuple_class._fields})
