// ES module entry point. It re-exports the CommonJS classes, so that `import` and `require` return the same classes. It
// lists all names, because tools that trace modules cannot see the exports of a CommonJS module.

export type * from './index.js';
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ClosedError,
  ConfigurationError,
  HandshakeToken,
  InternalError,
  NetworkError,
  NotFoundError,
  RateLimitError,
  Renumerate,
  RenumerateError,
  RequestTimeoutError,
  RetentionSession,
  ServerError,
  Session,
  SubscriptionSession,
  UnexpectedResponseError,
  ValidationError,
} from './index.js';
