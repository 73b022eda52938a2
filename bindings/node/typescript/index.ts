/**
 * Server-side client for Renumerate. When a customer clicks "cancel" or opens the SubscriptionHub (the vendor's widget
 * for subscriptions), your backend creates a session with the private key of the brand and sends the session id to the
 * customer's page. With the vendor's newer contract, it signs a handshake token instead, which the page exchanges for a
 * session.
 *
 * @module
 */

export { Renumerate, type RenumerateClient } from './client.js';
export {
  ApiError,
  type Attempt,
  AuthenticationError,
  BadRequestError,
  ClosedError,
  ConfigurationError,
  type ErrorCode,
  type ErrorDetails,
  InternalError,
  NetworkError,
  type NetworkPhase,
  NotFoundError,
  RateLimitError,
  RenumerateError,
  RequestTimeoutError,
  ServerError,
  type TimeoutScope,
  UnexpectedResponseError,
  ValidationError,
} from './errors.js';
export { HandshakeToken } from './handshake-token.js';
export type { Logger, LogLevel, LogRecord } from './logs.js';
export type { CallOptions, RenumerateOptions } from './options.js';
export type {
  Customer,
  HandshakeTokenParameters,
  RetentionSessionParameters,
  SubscriptionSessionParameters,
} from './parameters.js';
export {
  RetentionSession,
  type RetentionSessionId,
  Session,
  SubscriptionSession,
  type SubscriptionSessionId,
} from './session.js';
export type { AbortSignalLike, UrlLike } from './web-types.js';
