// Entry point for bundlers. It exports the classes of the installed package, so that all bundles share them.

import module from 'node:module';
import type * as commonjs from '../index.js';
import { loadInstalledPackage } from './installed-package.mjs';

export const {
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
} = loadInstalledPackage<typeof commonjs>((location) => {
  const requireFrom = module.createRequire(location); // in this form, file tracers follow the calls, and bundlers do not
  if (location === undefined) requireFrom('../index.mjs'); // only for file tracers: the package may be imported, too
  return requireFrom('@renumerate/node');
});
