"""Subjects that create handshake tokens: this SDK, and the code that a user would write with the standard library."""

from __future__ import annotations

from collections.abc import Callable

from request import CUSTOMER, KEY

Create = Callable[[], str]

PUBLIC_KEY = "pk_sandbox_bench"


def renumerate_client() -> Create:
    from renumerate_sdk import Client

    client = Client(KEY, public_key=PUBLIC_KEY)
    return lambda: client.create_handshake_token(customer_id=CUSTOMER).token


def standard_library() -> Create:
    import hashlib
    import hmac
    import json
    import secrets
    import time
    from base64 import urlsafe_b64encode

    key = KEY.encode()

    def encode(content: bytes) -> str:
        return urlsafe_b64encode(content).rstrip(b"=").decode()

    def create() -> str:
        payload = json.dumps(
            {
                "brandPub": PUBLIC_KEY,
                "subscriberId": CUSTOMER,
                "timestamp": int(time.time() * 1000),
                "nonce": secrets.token_hex(16),
            }
        ).encode()
        signature = hmac.digest(key, payload, hashlib.sha256)
        return f"{encode(payload)}.{encode(signature)}"

    return create


TOKEN_SUBJECTS: dict[str, Callable[[], Create]] = {
    "renumerate_sdk.Client": renumerate_client,
    "hmac, hashlib": standard_library,
}
