// The same classes for `import` as for `require`. By name: a tracer of modules cannot see what CommonJS exports.

export type * from './index.js';
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConfigurationError,
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
