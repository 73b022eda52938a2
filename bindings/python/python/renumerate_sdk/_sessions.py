"""Session classes, one for each endpoint. The native core creates their instances."""

from __future__ import annotations

from renumerate_sdk._native import Session


class RetentionSession(Session):
    """Session that opens the cancel flow.

    Pass its id to a function of the vendor's browser library: ``showRetentionView(id)`` or
    ``mountCancelButton(el, id)``.

    Construct one only in tests: only sessions that the service created work in the browser.
    """

    __slots__ = ()


class SubscriptionSession(Session):
    """Session that opens the SubscriptionHub.

    Pass its id to a function of the vendor's browser library: ``mountSubscriptionHub(el, id)``.

    Construct one only in tests: only sessions that the service created work in the browser.
    """

    __slots__ = ()
