// Reports about sessions and errors.

import { RenumerateError } from '@renumerate/node';

export function sessionReport({ id, url, requestId, attempts }) {
  return { id, url, request_id: requestId ?? null, attempts: attempts.length };
}

export function errorReport(error) {
  const typed = error instanceof RenumerateError;
  // Other errors may have properties with the same names.
  const {
    code,
    retryable,
    attempts,
    reason,
    body,
    status,
    requestId,
    phase,
    timeoutScope,
    retryAfter,
    field,
    host,
    hostSetting,
  } = typed ? error : {};
  return {
    typed,
    // The name is what logs show; it must be that of the class.
    class: error.constructor.name === error.name ? error.name : `${error.constructor.name} named ${error.name}`,
    code: code ?? null,
    text: typed ? error.message : String(error),
    retryable: retryable ?? false,
    attempts: attempts?.length ?? 0,
    message: reason ?? null,
    body: body ?? null,
    status: status ?? null,
    field: field ?? null,
    request_id: requestId ?? null,
    phase: phase ?? null,
    host: host ?? null,
    host_setting: hostSetting ?? null,
    timeout: timeoutScope ?? null,
    retry_after: retryAfter === undefined ? null : retryAfter / 1e3,
  };
}
