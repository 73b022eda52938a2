// Options of clients and of single calls.

import { fileURLToPath } from 'node:url';
import type { Settings } from './binding.js';
import { errorFromJson } from './errors.js';
import type { Logger } from './logs.js';
import { native } from './native.js';
import { describeRuntime } from './runtime.js';
import { describeType, isObject, isSignal, isText, readProperty } from './type-checks.js';
import type { AbortSignalLike, UrlLike } from './web-types.js';

/** Options of a client. All are optional; `null` and `undefined` select the default. Times are in milliseconds. */
export interface RenumerateOptions {
  /**
   * Private key of the brand. Default: the environment variable `RENUMERATE_PRIVATE_KEY`. The key may be missing until
   * the first call, so that applications can be built without secrets.
   */
  readonly privateKey?: string | null | undefined;
  /**
   * Public key of the brand, `pk_…`. Only handshake tokens need it, and only they check it. Default: the environment
   * variable `RENUMERATE_PUBLIC_KEY`.
   */
  readonly publicKey?: string | null | undefined;
  /**
   * Base URL of the service. Default: the environment variable `RENUMERATE_BASE_URL`, else
   * `https://api.renumerate.com`. `http://` requires a loopback host or a sandbox key (`sk_sandbox_…`).
   */
  readonly baseUrl?: string | null | undefined;
  /** Timeout of a whole call, including all attempts and waits, in milliseconds. Default: 25 000. */
  readonly timeout?: number | null | undefined;
  /** Timeout of one attempt, including the response body, in milliseconds. Default: 10 000. */
  readonly attemptTimeout?: number | null | undefined;
  /** Timeout for opening a connection (DNS lookup, TCP and TLS), in milliseconds. Default: 5 000. */
  readonly connectTimeout?: number | null | undefined;
  /** Maximum number of retries after transient failures, 0 to 10. Default: 2. */
  readonly maxRetries?: number | null | undefined;
  /**
   * Maximum number of open connections, 1 to 10 000. Default: 100. If that many calls are running, further calls wait
   * in order; `timeout` limits the wait.
   */
  readonly maxConnections?: number | null | undefined;
  /**
   * URL of a proxy, `http://[user:password@]host[:port]` or `https://…`. Default: the environment variables
   * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. Connections to loopback hosts never use a proxy.
   */
  readonly proxy?: string | null | undefined;
  /**
   * PEM file of CA certificates, as a path or a `file:` URL. The client trusts them in addition to the certificates of
   * the platform, of this package, and of the file in `NODE_EXTRA_CA_CERTS`. The certificate of a self-signed server
   * works, too. Default: the environment variable `RENUMERATE_CA_BUNDLE`.
   */
  readonly caBundle?: string | UrlLike | null | undefined;
  /** Name and version of your application, such as `Shop/1.2`. They are added to the user agent. Default: none. */
  readonly appInfo?: string | null | undefined;
  /**
   * Base URL of the vendor's widgets, the pages to which `session.url` leads. Default: the vendor's hosts, or
   * `https://localhost:4321` if `baseUrl` has a loopback host.
   */
  readonly widgetsBaseUrl?: string | null | undefined;
  /** Receiver of log records. Default: none (no logging). */
  readonly logger?: Logger | null | undefined;
}

/** Options of one call. All are optional; `null` and `undefined` select the default. */
export interface CallOptions {
  /**
   * Signal that aborts the call and closes its connection. The promise of the call then rejects with the reason of the
   * signal, which is an `AbortError` if you do not set another reason. Default: none.
   */
  readonly signal?: AbortSignalLike | null | undefined;
  /** Timeout of the whole call, including all attempts and waits, in milliseconds. Default: that of the client. */
  readonly timeout?: number | null | undefined;
  /** Maximum number of retries, 0 to 10. Default: that of the client. */
  readonly maxRetries?: number | null | undefined;
}

const TIMEOUT_OPTIONS = ['timeout', 'attemptTimeout', 'connectTimeout'];
const NUMBER_OPTIONS = [...TIMEOUT_OPTIONS, 'maxRetries', 'maxConnections'];
const TEXT_OPTIONS = ['privateKey', 'publicKey', 'baseUrl', 'proxy', 'caBundle', 'appInfo', 'widgetsBaseUrl'];
const CORE_OPTIONS = [...TEXT_OPTIONS, ...NUMBER_OPTIONS];
const CLIENT_OPTIONS = [...CORE_OPTIONS, 'logger'];
const CORE_CALL_OPTIONS = ['timeout', 'maxRetries'];
const CALL_OPTIONS = [...CORE_CALL_OPTIONS, 'signal'];

/**
 * Checks the names and types of client options and converts the options for the core. Adds the variables of
 * `process.env`. The core itself can read only the environment of the operating system process, which differs from
 * `process.env` under Jest and in worker threads.
 *
 * @throws {ConfigurationError} if an option is unknown or of the wrong type
 */
export function normalizeClientOptions(options: Readonly<Record<string, unknown>>): Settings {
  const unknown = Object.keys(options).find((name) => !CLIENT_OPTIONS.includes(name));
  if (unknown !== undefined) throw errorFromJson(native.refuseOption(unknown));
  const present = CORE_OPTIONS.map((name) => [name, normalizeValue(name, readProperty(options, name))] as const).filter(
    ([, value]) => value !== undefined,
  );
  return withEnvironment({
    names: present.map(([name]) => name),
    values: present.map(([, value]) => value),
    runtime: describeRuntime(),
  } as Settings);
}

/** Returns the settings with the current values of the variables in `process.env` that the core reads. */
export function withEnvironment(settings: Settings): Settings {
  const variables = native
    .environmentVariables()
    .map((name) => [name, readProperty(process.env, name)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    ...settings,
    variables: variables.map(([name]) => name),
    variableValues: variables.map(([, value]) => value),
    extraCaCerts: readProperty(process.env, 'NODE_EXTRA_CA_CERTS') || undefined,
  } as Settings;
}

/**
 * Returns the `logger` option of a client.
 *
 * @throws {ConfigurationError} if the option is neither a function nor an object with the methods of a logger
 */
export function loggerOption(options: object): Logger | undefined {
  const logger = readProperty(options, 'logger') ?? undefined;
  if (logger === undefined || isLogger(logger)) return logger;
  throw optionTypeError('logger', 'a function, or an object with debug, info, warn and error', logger);
}

function normalizeValue(name: string, value: unknown): string | number | undefined {
  if (NUMBER_OPTIONS.includes(name)) return numberOption(name, value);
  if (value === undefined || value === null) return undefined;
  if (isText(value)) return value;
  if (name !== 'caBundle') throw optionTypeError(name, 'a string', value);
  try {
    return fileURLToPath((value as UrlLike).href); // `instanceof URL` would reject a URL of another realm, such as Jest's
  } catch {
    throw optionTypeError(name, 'a path or a file: URL', value);
  }
}

function isLogger(value: unknown): value is Logger {
  if (typeof value === 'function') return true;
  const methods = ['debug', 'info', 'warn', 'error'];
  return isObject(value) && methods.every((name) => typeof value[name] === 'function');
}

/**
 * Options of a call after the checks: the signal, and a list of the other options. In the list, names and values
 * alternate: `['timeout', 5000, 'maxRetries', 0]`. Absent options are omitted.
 */
export type NormalizedCallOptions = readonly [signal: AbortSignalLike | undefined, options: (string | number)[]];

/** Result for a call without options. Its list is frozen, because all such calls share it. */
const NO_CALL_OPTIONS: NormalizedCallOptions = [undefined, Object.freeze([]) as never[]];

/**
 * Checks the names and types of call options, and splits them into the signal and the options that the core takes.
 *
 * @throws {ConfigurationError} if an option is unknown or of the wrong type
 */
export function normalizeCallOptions(options: unknown): NormalizedCallOptions {
  if (options === undefined || options === null) return NO_CALL_OPTIONS;
  if (!isObject(options) || isSignal(options))
    throw optionTypeError('options', 'an object such as { signal, timeout }', options);
  for (const name of Object.keys(options)) {
    if (!CALL_OPTIONS.includes(name)) throw errorFromJson(native.refuseCallOption(name));
  }
  const signal = readProperty(options, 'signal') ?? undefined;
  if (signal !== undefined && !isSignal(signal)) throw optionTypeError('signal', 'an AbortSignal', signal);
  const present: (string | number)[] = [];
  for (const name of CORE_CALL_OPTIONS) {
    const value = normalizeValue(name, readProperty(options, name));
    if (value !== undefined) present.push(name, value);
  }
  return [signal, present];
}

function numberOption(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw optionTypeError(name, TIMEOUT_OPTIONS.includes(name) ? 'a number of milliseconds' : 'a whole number', value);
}

export function optionTypeError(name: string, expected: string, actual: unknown): Error {
  return errorFromJson(native.refuseOptionType(name, expected, describeType(actual)));
}
