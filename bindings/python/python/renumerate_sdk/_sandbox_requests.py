"""HTTP client of a sandbox."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message
from http.client import HTTPException
from typing import IO, Any

from renumerate_sdk._sandbox_records import ExchangedSession, to_exchanged_session

_TIMEOUT = 30.0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Makes a redirect an error, because a test must not send requests to other machines."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


# The proxies in environment variables are ignored.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def send(method: str, url: str, body: object = None) -> Any:
    """Sends a request, and returns the parsed body of the response.

    Raises:
        urllib.error.HTTPError: The status is an error, or a redirect.
        OSError: There is no response.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with _opener.open(request, timeout=_TIMEOUT) as response:
        text = response.read()
    return json.loads(text) if text else None


def exchange(url: str, token: str) -> ExchangedSession:
    """Exchanges a handshake token at this sandbox. `Sandbox.exchange` describes the errors."""
    status, note = 200, None
    try:
        response = send("POST", f"{url}/v1/session/exchange", {"handshakeToken": token})
    except urllib.error.HTTPError as error:
        status, note = error.code, error.headers["x-renumerate-sandbox-note"]
        response = _parse(error.read())
    except ValueError:
        response = None
    except (OSError, HTTPException) as error:
        raise ConnectionError(f"could not exchange the token: {error}") from error
    session = to_exchanged_session(response)
    if session is not None:
        return session
    message = response.get("error") if isinstance(response, dict) else None
    problem = f"{message or 'the response contains no session'} (status {status})"
    raise ValueError("could not exchange the token: " + "; ".join(filter(None, [problem, note])))


def _parse(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
