// Reports about sessions, tokens and errors.

import { HandshakeToken, RenumerateError } from '@renumerate/node';

/** Returns the report of a call that created a session or a token. */
export function resultReport(result) {
  return result instanceof HandshakeToken ? { token: tokenReport(result) } : { session: sessionReport(result) };
}

function sessionReport({ id, url, requestId, attempts }) {
  return { id, url, request_id: requestId ?? null, attempts: attempts.length };
}

function tokenReport(token) {
  return { text: token.token, expires_at: token.expiresAt.getTime() / 1e3, json: JSON.parse(JSON.stringify(token)) };
}

/** Returns the name of the class. Logs show the property `name`, which must be that of the class with a prefix. */
function className(error) {
  const { name } = error.constructor;
  return error.name === `Renumerate${name}` ? name : `${name} named ${error.name}`;
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
    class: className(error),
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
