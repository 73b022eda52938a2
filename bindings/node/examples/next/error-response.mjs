// Response to a failed request for a session or a token. A separate module, because both routes use it.

import { NotFoundError, RenumerateError } from '@renumerate/node';

/**
 * Logs the error, and returns the response to the page.
 *
 * @param {RenumerateError} error
 */
export function errorResponse(error) {
  // The message contains no key, session id or token. It is for the log only: the page gets the code.
  console.error(`could not create a session or token: ${error.code}: ${error.message}`);
  const headers = new Headers();
  if (error.retryable) headers.set('Retry-After', String(Math.ceil((error.retryAfter ?? 5_000) / 1_000)));
  return Response.json({ error: error.code }, { status: statusOf(error), headers });
}

/** @param {RenumerateError} error */
function statusOf(error) {
  if (error instanceof NotFoundError) return 404;
  return error.retryable ? 503 : 502;
}
