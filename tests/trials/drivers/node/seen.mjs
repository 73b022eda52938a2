// What came of a call, as the trials want to hear of it.

import { RenumerateError } from '@renumerate/node';
import { snakeCase } from './names.mjs';

export function asSession({ id, requestId, attempts }) {
  return { id, request_id: requestId ?? null, attempts: attempts.length };
}

export function asError(error) {
  const typed = error instanceof RenumerateError;
  // What somebody else has thrown may have members of the same names.
  const { code, retryable, attempts, status, phase, timeoutScope, retryAfter, field } = typed ? error : {};
  return {
    code: code ?? null,
    typed,
    text: typed ? error.message : String(error),
    retryable: retryable ?? false,
    attempts: attempts?.length ?? 0,
    status: status ?? null,
    phase: phase ?? null,
    timeout: timeoutScope ?? null,
    retry_after: retryAfter === undefined ? null : retryAfter / 1e3,
    field: field === undefined ? null : snakeCase(field),
  };
}
