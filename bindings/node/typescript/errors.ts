// Error classes. The core provides the values of their fields.

import type { ErrorKind } from './binding.js';

/**
 * Stable code of each error class, for a `switch` over all kinds of errors. `'renumerate'` is the code of the base class
 * itself, which this library never throws.
 */
export type ErrorCode =
  | 'api'
  | 'authentication'
  | 'bad_request'
  | 'closed'
  | 'configuration'
  | 'internal'
  | 'network'
  | 'not_found'
  | 'rate_limited'
  | 'renumerate'
  | 'server'
  | 'timeout'
  | 'unexpected_response'
  | 'validation';

/** One attempt of a call: its outcome and its duration. */
export interface Attempt {
  /** Outcome: `'status'` if a response was received, otherwise `'network'` or `'timeout'`. */
  readonly outcome: 'status' | 'network' | 'timeout';
  /** HTTP status of the response, if one was received. */
  readonly status?: number;
  /** Phase in which the network failed, if the outcome is `'network'`. */
  readonly phase?: NetworkPhase;
  /** Timeout that ended the attempt, if the outcome is `'timeout'`. */
  readonly limit?: TimeoutScope;
  /** Delay before the attempt, in milliseconds. */
  readonly waited: number;
  /** Time from the start of the attempt to the last byte of the response, or to the failure, in milliseconds. */
  readonly elapsed: number;
}

/** Phase of a call: DNS lookup, TCP connection, TLS handshake, sending the request, reading the response. */
export type NetworkPhase = 'dns' | 'connect' | 'tls' | 'send' | 'read';

/** Timeout option: `'connect'` is `connectTimeout`, `'attempt'` is `attemptTimeout`, and `'total'` is `timeout`. */
export type TimeoutScope = 'connect' | 'attempt' | 'total';

/** Property values for an error. Only application tests need them. In production, the SDK creates the errors. */
export interface ErrorDetails {
  readonly reason?: string;
  readonly hints?: readonly string[];
  readonly host?: string;
  readonly hostSetting?: string;
  /** Default: the usual value of the class, such as `true` for a `RateLimitError`. */
  readonly retryable?: boolean;
  readonly attempts?: readonly Attempt[];
  readonly field?: string;
  /** Default: the usual status of the class, such as 404 for a `NotFoundError`. */
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
 * Base class of all errors of a client. `message` is one line: what happened at which host, the number of attempts, and
 * what to do. It never contains the private key, a session id or a token. `name` is the name of the class with `Renumerate` in
 * front, such as `'RenumerateNotFoundError'`. If a call is aborted, its promise rejects with the reason of the signal, not
 * with an error of this class.
 *
 * @see https://docs.renumerate.com/reference/error-reference the vendor's documentation of the HTTP statuses
 */
export class RenumerateError extends Error {
  /** Stable code of the class, such as `'not_found'`. It is the same in every language of this SDK. */
  readonly code: ErrorCode;
  /**
   * Reason for the error, without the host, the attempts and the hints. This is the `error` text of the response. If
   * there is no such text, it is a description by this library.
   */
  readonly reason: string;
  /** Whether the same request may succeed if it is sent again. */
  readonly retryable: boolean;
  /** Outcome and duration of each attempt of the call; empty if nothing was sent. */
  readonly attempts: readonly Attempt[];
  /** Short hints: what to do, and parameters that look wrong. They are part of `message`. */
  readonly hints: readonly string[];
  /** Host that failed, with its port unless that is the default: the service's host, or the proxy. */
  readonly host: string | undefined;
  /** Option or environment variable that names `host`, if it is not the default. */
  readonly hostSetting: string | undefined;
  /** Request id of the service, if the response has one. Quote it to the vendor's support. */
  declare readonly requestId: string | undefined;
  /** Time to wait before the next request, in milliseconds, if the response asks for it. */
  declare readonly retryAfter: number | undefined;

  /**
   * Creates an error, for tests of applications.
   *
   * @param message what happened and what to do, in one line. Default: empty
   * @param details the fields of the error. Default: none
   */
  constructor(message = '', details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const { code, retryable } = kindOf(new.target);
    this.code = code;
    this.reason = details.reason ?? message;
    this.retryable = details.retryable ?? retryable;
    this.attempts = details.attempts ?? [];
    this.hints = details.hints ?? [];
    this.host = details.host;
    this.hostSetting = details.hostSetting;
  }

  /** Returns all fields except the stack and the cause, for example for a JSON log. */
  toJSON(): Record<string, unknown> {
    const { name, message } = this;
    const { cause: _, ...fields } = { ...this } as Record<string, unknown>;
    return { name, message, ...fields };
  }
}

abstract class FieldError extends RenumerateError {
  /** Name of the invalid option or parameter, such as `'baseUrl'` or `'customerId'`. */
  readonly field: string | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.field = details.field;
  }
}

/** Invalid configuration: the private key, the base URL, a file, or an option out of range. Nothing was sent. */
export class ConfigurationError extends FieldError {
  declare readonly code: 'configuration';
}

/** Invalid parameter of a call. Nothing was sent. */
export class ValidationError extends FieldError {
  declare readonly code: 'validation';
}

abstract class ResponseError extends RenumerateError {
  /** HTTP status of the response. */
  readonly status: number | undefined;
  override readonly requestId: string | undefined;
  /** Content type of the response. */
  readonly contentType: string | undefined;
  /** Body of the response: at most 512 characters, without control characters, with secrets masked. */
  readonly body: string | undefined;
  override readonly retryAfter: number | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.status = details.status ?? kindOf(new.target).status;
    this.requestId = details.requestId;
    this.contentType = details.contentType;
    this.body = details.body;
    this.retryAfter = details.retryAfter;
  }
}

/** Error response: a status of 400 or above. Common statuses have their own subclasses. */
export class ApiError extends ResponseError {
  declare readonly code: 'api' | 'bad_request' | 'authentication' | 'not_found' | 'rate_limited' | 'server';
}

/** 400 or 422: the service rejected the parameters. */
export class BadRequestError extends ApiError {
  declare readonly code: 'bad_request';
}

/** 401 or 403: the service rejected the private key. */
export class AuthenticationError extends ApiError {
  declare readonly code: 'authentication';
}

/** 404 with an error message of the service: the customer or the subscription does not exist. */
export class NotFoundError extends ApiError {
  declare readonly code: 'not_found';
}

/** 429: too many requests. `retryAfter` is the delay in milliseconds, if the response asks for one. */
export class RateLimitError extends ApiError {
  declare readonly code: 'rate_limited';
}

/** 5xx: the service failed. */
export class ServerError extends ApiError {
  declare readonly code: 'server';
}

/**
 * Response that the API does not document: 1xx, 3xx, 2xx without a session id, or 404 without an error message of the
 * service. It probably came from a proxy.
 */
export class UnexpectedResponseError extends ResponseError {
  declare readonly code: 'unexpected_response';
}

/** Network failure: no complete response was received. */
export class NetworkError extends RenumerateError {
  declare readonly code: 'network';
  /** Phase in which the network failed. */
  readonly phase: NetworkPhase | undefined;
  /** HTTP status with which a proxy refused to open a tunnel to the service. */
  readonly status: number | undefined;
  override readonly retryAfter: number | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.phase = details.phase;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
  }
}

/** Timeout: no complete response was received in time. */
export class RequestTimeoutError extends RenumerateError {
  declare readonly code: 'timeout';
  /** Timeout that ended the call. */
  readonly timeoutScope: TimeoutScope | undefined;
  /** Phase in which the last attempt was when its time was over, if the call made an attempt. */
  readonly phase: NetworkPhase | undefined;

  constructor(message?: string, details: ErrorDetails = {}) {
    super(message, details);
    this.timeoutScope = details.timeoutScope;
    this.phase = details.phase;
  }
}

/** Call on a closed client. The client of this package does not raise this error, because it has no `close` method. */
export class ClosedError extends RenumerateError {
  declare readonly code: 'closed';
}

/** Bug in this library, such as a call that ended without a result. */
export class InternalError extends RenumerateError {
  declare readonly code: 'internal';
}

/** A kind of error. `status` and `retryable` are the usual values, for errors that applications create in tests. */
interface Kind {
  readonly Class: typeof RenumerateError;
  /**
   * Property `name` of the errors: the name of the class, and `Renumerate` in front, because logs and error trackers show
   * the name without the package. It is a string, because minifiers rename classes.
   */
  readonly name: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly status: number | undefined;
}

const kinds: Record<`${ErrorKind}`, Kind> = {
  Api: defineKind(ApiError, 'RenumerateApiError', 'api'),
  Authentication: defineKind(AuthenticationError, 'RenumerateAuthenticationError', 'authentication', false, 401),
  BadRequest: defineKind(BadRequestError, 'RenumerateBadRequestError', 'bad_request', false, 400),
  Closed: defineKind(ClosedError, 'RenumerateClosedError', 'closed'),
  Configuration: defineKind(ConfigurationError, 'RenumerateConfigurationError', 'configuration'),
  Internal: defineKind(InternalError, 'RenumerateInternalError', 'internal'),
  Network: defineKind(NetworkError, 'RenumerateNetworkError', 'network', true),
  NotFound: defineKind(NotFoundError, 'RenumerateNotFoundError', 'not_found', false, 404),
  RateLimited: defineKind(RateLimitError, 'RenumerateRateLimitError', 'rate_limited', true, 429),
  Server: defineKind(ServerError, 'RenumerateServerError', 'server', true, 500),
  Timeout: defineKind(RequestTimeoutError, 'RenumerateRequestTimeoutError', 'timeout', true),
  UnexpectedResponse: defineKind(UnexpectedResponseError, 'RenumerateUnexpectedResponseError', 'unexpected_response'),
  Validation: defineKind(ValidationError, 'RenumerateValidationError', 'validation'),
};

const baseKind = defineKind(RenumerateError, 'RenumerateError', 'renumerate');
const kindsByClass = new Map([baseKind, ...Object.values(kinds)].map((each) => [each.Class as object, each]));

function defineKind(Class: Kind['Class'], name: string, code: ErrorCode, retryable = false, status?: number): Kind {
  return { Class, name, code, retryable, status };
}

/** Returns the kind of a class, or of its nearest base class that has one. */
function kindOf(Class: object): Kind {
  for (let current: object | null = Class; current !== null; current = Object.getPrototypeOf(current)) {
    const found = kindsByClass.get(current);
    if (found !== undefined) return found;
  }
  return baseKind;
}

// Sets `name` on the prototypes, as JavaScript does for built-in errors. If each error had its own `name` property,
// Node would print this property among the fields of the error.
for (const { Class, name } of kindsByClass.values()) {
  Object.defineProperty(Class.prototype, 'name', { value: name, writable: true, configurable: true });
}

/** Creates an error from the fields that the core returns as JSON. The stack trace starts at this function's caller. */
export function errorFromJson(json: string): RenumerateError {
  const { kind, text, cause, ...details } = JSON.parse(json);
  if (cause !== undefined) details.cause = new Error(cause);
  const { Class } = kinds[kind as `${ErrorKind}`];
  const error = new Class(text, details);
  Error.captureStackTrace?.(error, errorFromJson);
  return error;
}
