"""The request that every subject sends. The server recognizes its end by the last two braces."""

from __future__ import annotations

from typing import Any

CUSTOMER = "cus_NffrFeUfNV2Hib"
KEY = "sk_sandbox_bench"
PATH = "/v1/retention/session"

BODY = {"retention": {"customer_id": CUSTOMER}}
HEADERS = {"X-Brand-Key": KEY}

ID_PREFIX = "ret_"
"""Start of a session's id. A call that returns anything else is not counted as a session."""

LIMIT = 25.0
"""Timeout in seconds. The SDK always has one, and so the other clients get one as well."""

# Stripe's library sends only its own requests. The server answers them with the same session.
STRIPE_KEY = "sk_test_bench"
STRIPE_PARAMETERS: Any = {"customer": CUSTOMER, "return_url": "https://example.com/account"}
