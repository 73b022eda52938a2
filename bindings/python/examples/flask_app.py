"""Flask backend: the page requests a session when the customer clicks "cancel", and opens the flow.
A page that follows the vendor's newer contract requests a handshake token instead.

pip install flask gunicorn
RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… FLASK_SECRET_KEY=… \\
    gunicorn --preload --workers 4 --threads 8 flask_app:app
"""

import math

from flask import Flask, abort, request, session
from flask.typing import ResponseReturnValue

from renumerate_sdk import Client, NotFoundError, RenumerateError

app = Flask(__name__)
app.config.from_mapping(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=True)
app.config.from_prefixed_env()  # FLASK_SECRET_KEY signs the cookie

renumerate = Client(timeout=10)  # one for all threads and forked workers; short timeout, because a customer waits


def signed_in_customer() -> str:
    """Placeholder for your authentication, which stores the customer id in the signed cookie."""
    customer_id: str | None = session.get("customer_id")
    if customer_id is None:
        abort(401)
    return customer_id


@app.post("/cancel-session")
def cancel_session() -> ResponseReturnValue:
    customer_id = signed_in_customer()  # never from the body: any client can set it
    retention = renumerate.create_retention_session(customer_id=customer_id)
    return retention.to_dict(), {"Cache-Control": "no-store"}


@app.get("/api/renumerate-token")
def renumerate_token() -> ResponseReturnValue:
    token = renumerate.create_handshake_token(customer_id=signed_in_customer())
    return token.to_dict(), {"Cache-Control": "no-store"}


@app.errorhandler(RenumerateError)
def error_response(error: RenumerateError) -> ResponseReturnValue:
    # The text contains no key, session id or token. It is for the log only: the page gets the code.
    app.logger.error("%s failed: %s: %s", request.path, error.code, error)
    headers = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after))}
    return {"error": error.code}, status_of(error), headers


def status_of(error: RenumerateError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 503 if error.retryable else 502
