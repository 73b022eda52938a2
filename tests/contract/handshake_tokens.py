"""Generates valid handshake tokens for the format `handshake-token` of the description."""

import base64
import hashlib
import hmac
import json
import os
import time

import schemathesis
from hypothesis import strategies

# `schemathesis.toml` has the same customers for the other endpoints.
CUSTOMERS = ["cus_1", "cus_2", "cus_not_found", "cus_rate_limited"]


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(customer: str) -> str:
    members = {
        "brandPub": os.environ["RENUMERATE_PUBLIC_KEY"],
        "subscriberId": customer,
        "timestamp": time.time_ns() // 1_000_000,
        "nonce": os.urandom(16).hex(),
    }
    payload = json.dumps(members).encode()
    signature = hmac.digest(os.environ["RENUMERATE_PRIVATE_KEY"].encode(), payload, hashlib.sha256)
    return f"{encode(payload)}.{encode(signature)}"


schemathesis.openapi.format("handshake-token", strategies.sampled_from(CUSTOMERS).map(token))
