"""Django backend in one file: the page requests a session when the customer clicks "cancel", and opens the flow.
A page that follows the vendor's newer contract requests a handshake token instead.

pip install django
RENUMERATE_PRIVATE_KEY=… RENUMERATE_PUBLIC_KEY=… SESSION_SECRET=… python django_app.py runserver
"""

import logging
import math
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from renumerate_sdk import Client, NotFoundError, RenumerateError

settings.configure(
    SECRET_KEY=os.environ["SESSION_SECRET"],
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
)

log = logging.getLogger(__name__)
renumerate = Client(timeout=10)  # one for all threads and forked workers; short timeout, because a customer waits


def signed_in_customer(request: HttpRequest) -> str | None:
    """Placeholder for your authentication, such as ``request.user.stripe_customer_id``."""
    customer_id: str | None = request.session.get("customer_id")
    return customer_id


@require_POST
def cancel_session(request: HttpRequest) -> HttpResponse:
    customer_id = signed_in_customer(request)  # never from the body: any client can set it
    if customer_id is None:
        return JsonResponse({"error": "sign in first"}, status=401)
    try:
        session = renumerate.create_retention_session(customer_id=customer_id)
    except RenumerateError as error:
        return error_response(request, error)
    return JsonResponse(session.to_dict(), headers={"Cache-Control": "no-store"})


@require_GET
def renumerate_token(request: HttpRequest) -> HttpResponse:
    customer_id = signed_in_customer(request)
    if customer_id is None:
        return JsonResponse({"error": "sign in first"}, status=401)
    try:
        token = renumerate.create_handshake_token(customer_id=customer_id)
    except RenumerateError as error:
        return error_response(request, error)
    return JsonResponse(token.to_dict(), headers={"Cache-Control": "no-store"})


def error_response(request: HttpRequest, error: RenumerateError) -> HttpResponse:
    # The text contains no key, session id or token. It is for the log only: the page gets the code.
    log.error("%s failed: %s: %s", request.path, error.code, error)
    headers = {} if error.retry_after is None else {"Retry-After": str(math.ceil(error.retry_after))}
    return JsonResponse({"error": error.code}, status=status_of(error), headers=headers)


def status_of(error: RenumerateError) -> int:
    if isinstance(error, NotFoundError):
        return 404
    return 503 if error.retryable else 502


urlpatterns = [path("cancel-session", cancel_session), path("api/renumerate-token", renumerate_token)]
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
