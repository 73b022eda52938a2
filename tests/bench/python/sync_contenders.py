"""Who takes part among the clients that block: each sets itself up against a URL and gives a call that returns the id
of a session. Several threads may call at once; pools have room for all of them.

Each imports its library itself: in a worker process there is no other, and one that is missing spoils only its row.
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
    """The least that can be written with the standard library: no pool, so one connection for each thread."""
    from http.client import HTTPConnection

    host = urlsplit(url).netloc
    headers = {**HEADERS, "Content-Type": "application/json"}
    of_this_thread = threading.local()

    def call() -> str:
        connection: HTTPConnection | None = getattr(of_this_thread, "connection", None)
        if connection is None:
            connection = of_this_thread.connection = HTTPConnection(host, timeout=LIMIT)
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

    client, url = httpx.Client(headers=HEADERS, timeout=LIMIT), url + PATH  # its pool keeps 20 connections
    return lambda: client.post(url, json=BODY).json()["id"]


def stripe_client(url: str) -> Call:
    """An SDK like ours, over requests. It encodes a form and builds its own objects: not the same work, but what a
    backend has beside this SDK.
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


SYNC_CONTENDERS: dict[str, Callable[[str], Call]] = {
    "renumerate_sdk.Client": renumerate_client,
    "http.client": http_client,
    "urllib3": urllib3_pool,
    "requests": requests_session,
    "httpx.Client": httpx_client,
    "stripe, on requests": stripe_client,
}
