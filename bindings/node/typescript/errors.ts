// What can go wrong, by class. The core fills the fields in.

/** One attempt of a call: what it met, and how long it took. */
export interface Attempt {
  /** What it met: `'status'` (an answer), `'network'` or `'timeout'` (none). */
  readonly outcome: 'status' | 'network' | 'timeout';
  /** The HTTP status of the answer, where one came. */
  readonly status?: number;
  /** How far the attempt came before the network failed it. */
  readonly phase?: NetworkPhase;
  /** The limit that ended the attempt. */
  readonly limit?: TimeoutScope;
  /** Milliseconds of waiting before the attempt. */
  readonly waited: number;
  /** Milliseconds from the start of the attempt to its last byte, or to its failure. */
  readonly elapsed: number;
}

/** How far a call came before the network failed it. */
export type NetworkPhase = 'dns' | 'connect' | 'tls' | 'send' | 'read';

/** Which limit ended a call: `connectTimeout`, `attemptTimeout` or `timeout`. */
export type TimeoutScope = 'connect' | 'attempt' | 'total';

/** What an error is made of, for tests of your own: the SDK makes errors by itself. */
export interface ErrorDetails {
  readonly reason?: string;
  readonly hints?: readonly string[];
  readonly retryable?: boolean;
  readonly attempts?: readonly Attempt[];
  readonly field?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly contentType?: string;
  readonly body?: string;
  readonly retryAfter?: number;
  readonly phase?: NetworkPhase;
  readonly timeoutScope?: TimeoutScope;
  readonly cause?: unknown;
}

/**
 * Whatever this package rejects with or throws, but for the reason of an aborted signal. `message` is one line with the
 * reason, its cause and the remedy; it never holds the private key or a session id.
 *
 * @see https://docs.renumerate.com/reference/error-reference what the statuses mean
 */
export class RenumerateError extends Error {
  /** The stable code of the class, such as `'not_found'`; the same in every language of this SDK. */
  readonly code: string;
  /** The reason alone: the service's own `error` text where it sent one, else what can be said. */
  readonly reason: string;
  /** Whether the same request may succeed when it is sent again. */
  readonly retryable: boolean;
  /** What each attempt of the call met and how long it took; empty where nothing was sent. */
  readonly attempts: readonly Attempt[];
  /** What may help, each in a few words; part of `message`. */
  readonly hints: readonly string[];
  /** The service's own id of the request, where an answer came with one: quote it to their support. */
  declare readonly requestId: string | undefined;
  /** For how many milliseconds the service asks to wait before the next request, where an answer says so. */
  declare readonly retryAfter: number | undefined;

  constructor(message = '', details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = codeOf(new.target);
    this.reason = details.reason ?? message;
    this.retryable = details.retryable ?? false;
    this.attempts = details.attempts ?? [];
    this.hints = details.hints ?? [];
  }

  /** The error for a log in JSON: all its fields, and neither stack nor cause. */
  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    const { cause: _, ...fields } = { ...this } as Record<string, unknown>;
    return { name, message, ...fields };
  }
}

abstract class FieldError extends RenumerateError {
  /** The option or the parameter at fault, such as `'baseUrl'` or `'customerId'`. */
  readonly field: string | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.field = details.field;
  }
}

/** A setting cannot be used: the key, the base URL, a file, an option out of range. Nothing was sent. */
export class ConfigurationError extends FieldError {
  declare readonly code: 'configuration';
}

/** A parameter is certainly wrong. Nothing was sent. */
export class ValidationError extends FieldError {
  declare readonly code: 'validation';
}

abstract class AnswerError extends RenumerateError {
  /** The HTTP status of the answer. */
  readonly status: number | undefined;
  override readonly requestId: string | undefined;
  /** The content type of the answer. */
  readonly contentType: string | undefined;
  /** The answer's body: at most 512 characters, without control characters, secrets masked. */
  readonly body: string | undefined;
  override readonly retryAfter: number | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.status = details.status;
    this.requestId = details.requestId;
    this.contentType = details.contentType;
    this.body = details.body;
    this.retryAfter = details.retryAfter;
  }
}

/** The service answered with a status from 400 on; the classes below this one say which. */
export class ApiError extends AnswerError {
  declare readonly code: 'api' | 'bad_request' | 'authentication' | 'not_found' | 'rate_limited' | 'server';
}

/** 400 or 422: the service refuses the parameters. */
export class BadRequestError extends ApiError {
  declare readonly code: 'bad_request';
}

/** 401 or 403: the service does not take the private key. */
export class AuthenticationError extends ApiError {
  declare readonly code: 'authentication';
}

/** 404: there is no such customer or subscription. */
export class NotFoundError extends ApiError {
  declare readonly code: 'not_found';
}

/** 429: too many requests; `retryAfter` says for how long to wait, where the service says so. */
export class RateLimitError extends ApiError {
  declare readonly code: 'rate_limited';
}

/** 5xx: the service failed. */
export class ServerError extends ApiError {
  declare readonly code: 'server';
}

/** An answer that is not the documented one: 1xx, 3xx, or a 2xx without a session id. A proxy, most likely. */
export class UnexpectedResponseError extends AnswerError {
  declare readonly code: 'unexpected_response';
}

/** No answer came. */
export class NetworkError extends RenumerateError {
  declare readonly code: 'network';
  /** How far the call came. */
  readonly phase: NetworkPhase | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.phase = details.phase;
  }
}

/** No answer came in time. */
export class RequestTimeoutError extends RenumerateError {
  declare readonly code: 'timeout';
  /** Which limit ended the call: `connectTimeout`, `attemptTimeout` or `timeout`. */
  readonly timeoutScope: TimeoutScope | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.timeoutScope = details.timeoutScope;
  }
}

const classes = {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConfigurationError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  RequestTimeoutError,
  ServerError,
  UnexpectedResponseError,
  ValidationError,
};

/** That of the class, or of the nearest one that it extends. */
function codeOf(Class: object): string {
  for (let at: object | null = Class; at !== null; at = Object.getPrototypeOf(at)) {
    const code = codes.get(at);
    if (code !== undefined) return code;
  }
  return 'renumerate';
}

const codes = new Map<unknown, string>([
  [ApiError, 'api'],
  [AuthenticationError, 'authentication'],
  [BadRequestError, 'bad_request'],
  [ConfigurationError, 'configuration'],
  [NetworkError, 'network'],
  [NotFoundError, 'not_found'],
  [RateLimitError, 'rate_limited'],
  [RequestTimeoutError, 'timeout'],
  [ServerError, 'server'],
  [UnexpectedResponseError, 'unexpected_response'],
  [ValidationError, 'validation'],
]);

// On the prototypes, as JavaScript's own errors have them.
for (const [name, Class] of Object.entries({ RenumerateError, ...classes })) {
  Object.defineProperty(Class.prototype, 'name', { value: name, writable: true, configurable: true });
}

/** The error of the fields that the core has written as JSON. Made where it is thrown: its stack is the caller's. */
export function errorOf(json: string): RenumerateError {
  const { class: name, text, cause, ...details } = JSON.parse(json);
  if (cause !== undefined) details.cause = new Error(cause);
  const Class: typeof RenumerateError = classes[name as keyof typeof classes] ?? RenumerateError;
  const error = new Class(text, details);
  Error.captureStackTrace?.(error, errorOf);
  return error;
}
