// The options of a client and of a call.

import { fileURLToPath } from 'node:url';
import type { Settings } from './binding.js';
import { errorOf } from './errors.js';
import type { Logger } from './logs.js';
import { native } from './native.js';
import { runtime } from './runtime.js';
import { isObject, isText, memberOf, whatItIs } from './values.js';

/** The options of a client. All may be left out; `null` and `undefined` mean the same. Times are in milliseconds. */
export interface RenumerateOptions {
  /**
   * The brand's private key. Default: the variable `RENUMERATE_PRIVATE_KEY`, which may be missing until the first call,
   * so that applications can be built without secrets.
   */
  readonly privateKey?: string | null | undefined;
  /**
   * Where the service is. Default: the variable `RENUMERATE_BASE_URL`, else `https://api.renumerate.com`. `http://` is
   * taken for loopback, or with a key of the sandbox (`sk_sandbox_…`).
   */
  readonly baseUrl?: string | null | undefined;
  /** The limit of a whole call, with all its attempts and waits, in milliseconds. Default: 25 000. */
  readonly timeout?: number | null | undefined;
  /** The limit of one attempt, its body included, in milliseconds. Default: 10 000. */
  readonly attemptTimeout?: number | null | undefined;
  /** The limit of opening a connection: name look-up, TCP and TLS, in milliseconds. Default: 5 000. */
  readonly connectTimeout?: number | null | undefined;
  /** How often a call that failed for a passing reason is tried again, 0 to 10. Default: 2. */
  readonly maxRetries?: number | null | undefined;
  /**
   * The proxy to go through, `http://[user:password@]host[:port]`. Default: the variables `HTTPS_PROXY`, `HTTP_PROXY`,
   * `ALL_PROXY` and `NO_PROXY`. Loopback is always reached directly.
   */
  readonly proxy?: string | null | undefined;
  /**
   * A PEM file of certificates to trust beside the platform's: a path, or a `file:` URL. Default: the variable
   * `RENUMERATE_CA_BUNDLE`. `NODE_EXTRA_CA_CERTS` is trusted too.
   */
  readonly caBundle?: string | URL | null | undefined;
  /** Your application's name and version in the user agent, `Shop/1.2`. */
  readonly appInfo?: string | null | undefined;
  /** Where the widgets are that `session.url` points to. Default: the vendor's hosts. */
  readonly widgetsBaseUrl?: string | null | undefined;
  /** Who takes the logs. Default: nobody. */
  readonly logger?: Logger | null | undefined;
}

/** The options of one call. All may be left out; `null` and `undefined` mean the client's own. */
export interface CallOptions {
  /** Ends the call, and closes its connection: it rejects with the signal's reason, an `AbortError` by default. */
  readonly signal?: AbortSignal | null | undefined;
  /** The limit of the whole call, in milliseconds. */
  readonly timeout?: number | null | undefined;
  /** How often the call is tried again, 0 to 10. */
  readonly maxRetries?: number | null | undefined;
}

const NUMBERS = ['timeout', 'attemptTimeout', 'connectTimeout', 'maxRetries'];
const OPTIONS = ['privateKey', 'baseUrl', ...NUMBERS, 'proxy', 'caBundle', 'appInfo', 'widgetsBaseUrl'];
const KNOWN = [...OPTIONS, 'logger'];

/**
 * The options of a client as the core takes them, with what `process.env` holds: under Jest and in worker threads that
 * is not the environment of the process.
 *
 * @throws {ConfigurationError} where something is no option, or of no type that can be used
 */
export function settingsOf(given: Readonly<Record<string, unknown>>): Settings {
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw errorOf(native.refuseOption(unknown));
  const named = OPTIONS.map((name) => [name, usable(name, memberOf(given, name))] as const).filter(
    ([, value]) => value !== undefined,
  );
  return withVariables({
    names: named.map(([name]) => name),
    values: named.map(([, value]) => value),
    runtime: runtime(),
  } as Settings);
}

/** The same settings with what `process.env` holds now. */
export function withVariables(settings: Settings): Settings {
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith('RENUMERATE_'));
  return {
    ...settings,
    variables: variables.map(([name]) => name),
    variableValues: variables.map(([, value]) => value),
    extraCaCerts: memberOf(process.env, 'NODE_EXTRA_CA_CERTS') || undefined,
  } as Settings;
}

/**
 * Who takes the logs.
 *
 * @throws {ConfigurationError} where it cannot
 */
export function loggerOf(given: object): Logger | undefined {
  const logger = memberOf(given, 'logger') ?? undefined;
  if (logger === undefined || isLogger(logger)) return logger;
  throw wrongOption('logger', 'a function, or an object with debug, info, warn and error', logger);
}

function usable(name: string, value: unknown): string | number | undefined {
  if (NUMBERS.includes(name)) return numberOf(name, value);
  if (value === undefined || value === null) return undefined;
  if (isText(value)) return value;
  if (name !== 'caBundle') throw wrongOption(name, 'a string', value);
  try {
    return fileURLToPath((value as URL).href); // told by what it has: that of another realm is as good
  } catch {
    throw wrongOption(name, 'a path or a file: URL', value);
  }
}

function isLogger(value: unknown): value is Logger {
  if (typeof value === 'function') return true;
  const methods = ['debug', 'info', 'warn', 'error'];
  return isObject(value) && methods.every((name) => typeof value[name] === 'function');
}

/** The signal, the timeout and the retries of a call. */
export type SortedOptions = readonly [AbortSignal | undefined, number | undefined, number | undefined];

const NONE: SortedOptions = [undefined, undefined, undefined];

/**
 * The options of a call in their places.
 *
 * @throws {ConfigurationError} where something is no option, or of no type that can be used
 */
export function sortOptions(given: unknown): SortedOptions {
  if (given === undefined || given === null) return NONE;
  if (!isObject(given)) throw wrongOption('options', 'an object such as { signal, timeout }', given);
  for (const name of Object.keys(given)) {
    if (name !== 'signal' && name !== 'timeout' && name !== 'maxRetries') {
      throw errorOf(native.refuseCallOption(name));
    }
  }
  const signal = memberOf(given, 'signal') ?? undefined;
  if (signal !== undefined && !isSignal(signal)) throw wrongOption('signal', 'an AbortSignal', signal);
  return [
    signal,
    numberOf('timeout', memberOf(given, 'timeout')),
    numberOf('maxRetries', memberOf(given, 'maxRetries')),
  ];
}

/** Told by what it can do: that of jsdom, and those of other realms, are as good. */
function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).addEventListener === 'function' &&
    typeof (value as AbortSignal).removeEventListener === 'function'
  );
}

function numberOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw wrongOption(name, name === 'maxRetries' ? 'a whole number' : 'a number of milliseconds', value);
}

export function wrongOption(name: string, takes: string, got: unknown): Error {
  return errorOf(native.refuseOptionType(name, takes, whatItIs(got)));
}
