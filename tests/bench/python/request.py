"""The one request that every contender sends. The server knows its end by the last two braces."""

from __future__ import annotations

from typing import Any

CUSTOMER = "cus_NffrFeUfNV2Hib"
KEY = "sk_sandbox_bench"
PATH = "/v1/retention/session"

BODY = {"retention": {"customer_id": CUSTOMER}}
HEADERS = {"X-Brand-Key": KEY}

ID_PREFIX = "ret_"
"""What the id of each answer begins with: a call that returns anything else did not do its work."""

LIMIT = 25.0
"""Seconds. Nobody calls without a limit in production, and the SDK does not offer it: the peers get one as well."""

# Stripe's library sends requests of its own kind only; the server answers them with the same session.
STRIPE_KEY = "sk_test_bench"
STRIPE_PARAMETERS: Any = {"customer": CUSTOMER, "return_url": "https://example.com/account"}
