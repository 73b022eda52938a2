"""FastAPI backend: the page requests a session when the customer clicks "cancel", and opens the flow.
A page that follows the vendor's newer contract requests a handshake token instead.

pip install fastapi uvicorn itsdangerous
RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… uvicorn fastapi_app:app
"""

import logging
import math
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.middleware.sessions import SessionMiddleware

from renumerate_sdk import AsyncClient, NotFoundError, RenumerateError

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with AsyncClient(timeout=10) as client:  # one per process; short timeout, because a customer waits
        app.state.renumerate = client
        yield


app = FastAPI(lifespan=lifespan)
app.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_SECRET"], same_site="lax", https_only=True)


async def renumerate_client(request: Request) -> AsyncClient:
    client: AsyncClient = request.app.state.renumerate
    return client


async def signed_in_customer(request: Request) -> str:
    """Placeholder for your authentication, which stores the customer id in the signed cookie."""
    customer_id: str | None = request.session.get("customer_id")
    if customer_id is None:
        raise HTTPException(401, "sign in first")
    return customer_id


@app.post("/cancel-session")
async def cancel_session(
    customer_id: Annotated[str, Depends(signed_in_customer)],  # never from the body: any client can set it
    client: Annotated[AsyncClient, Depends(renumerate_client)],
) -> JSONResponse:
    session = await client.create_retention_session(customer_id=customer_id)
    return JSONResponse(session.to_dict(), headers={"Cache-Control": "no-store"})


@app.get("/api/renumerate-token")
async def renumerate_token(
    customer_id: Annotated[str, Depends(signed_in_customer)],
    client: Annotated[AsyncClient, Depends(renumerate_client)],
) -> JSONResponse:
    token = client.create_handshake_token(customer_id=customer_id)  # no await: it makes no request
    return JSONResponse(token.to_dict(), headers={"Cache-Control": "no-store"})


@app.exception_handler(RenumerateError)
async def error_response(request: Request, error: RenumerateError) -> JSONResponse:
    # The text contains no key, session id or token. It is for the log only: the page gets the code.
    log.error("%s failed: %s: %s", request.url.path, error.code, error)
    headers = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after))}
    return JSONResponse({"error": error.code}, status_of(error), headers)


def status_of(error: RenumerateError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 503 if error.retryable else 502
