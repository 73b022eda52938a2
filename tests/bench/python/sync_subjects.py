"""Blocking clients. Each function creates a client of a server and returns a function that makes a call and returns a
session's id. Several threads may call at the same time; the pools have enough connections for all of them.

Each function imports its library, so that a worker process loads no other, and a missing one affects only its own row.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from request import BODY, CUSTOMER, HEADERS, KEY, LIMIT, PATH, STRIPE_KEY, STRIPE_PARAMETERS

Call = Callable[[], str]

POOL = 64


def renumerate_client(url: str) -> Call:
    from renumerate_sdk import Client

    client = Client(KEY, base_url=url)
    return lambda: client.create_retention_session(customer_id=CUSTOMER).id


def http_client(url: str) -> Call:
    """The standard library. It has no pool, so each thread has a connection."""
    from http.client import HTTPConnection

    host = urlsplit(url).netloc
    headers = {**HEADERS, "Content-Type": "application/json"}
    local = threading.local()

    def call() -> str:
        connection: HTTPConnection | None = getattr(local, "connection", None)
        if connection is None:
            connection = local.connection = HTTPConnection(host, timeout=LIMIT)
        connection.request("POST", PATH, json.dumps(BODY).encode(), headers)
        return json.loads(connection.getresponse().read())["id"]

    return call


def urllib3_pool(url: str) -> Call:
    import urllib3

    pool, url = urllib3.PoolManager(maxsize=POOL, timeout=LIMIT), url + PATH
    return lambda: pool.request("POST", url, json=BODY, headers=HEADERS).json()["id"]


def requests_session(url: str) -> Call:
    import requests
    from requests.adapters import HTTPAdapter

    session, url = requests.Session(), url + PATH
    session.headers.update(HEADERS)
    session.mount("http://", HTTPAdapter(pool_maxsize=POOL))
    return lambda: session.post(url, json=BODY, timeout=LIMIT).json()["id"]


def httpx_client(url: str) -> Call:
    import httpx

    client, url = httpx.Client(headers=HEADERS, timeout=LIMIT), url + PATH  # the pool keeps 20 connections
    return lambda: client.post(url, json=BODY).json()["id"]


def stripe_client(url: str) -> Call:
    """An SDK like this one, on requests. It does other work, because it encodes a form and creates its own objects. But
    many backends use it together with this SDK.
    """
    import stripe

    client = stripe.StripeClient(
        STRIPE_KEY,
        base_addresses={"api": url},
        http_client=stripe.RequestsClient(timeout=LIMIT),
        max_network_retries=0,
    )
    create = client.v1.billing_portal.sessions.create
    return lambda: create(STRIPE_PARAMETERS).id


SYNC_SUBJECTS: dict[str, Callable[[str], Call]] = {
    "renumerate_sdk.Client": renumerate_client,
    "http.client": http_client,
    "urllib3": urllib3_pool,
    "requests": requests_session,
    "httpx.Client": httpx_client,
    "stripe, on requests": stripe_client,
}
