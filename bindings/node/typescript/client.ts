// `Renumerate`, the client class.

import type { NativeClient, Settings } from './binding.js';
import { calls, type Outcome, type SessionConstructor, startCall } from './calls.js';
import { errorFromJson } from './errors.js';
import { type Logger, logForwarder } from './logs.js';
import { native } from './native.js';
import {
  type CallOptions,
  loggerOption,
  normalizeCallOptions,
  normalizeClientOptions,
  optionTypeError,
  type RenumerateOptions,
  withEnvironment,
} from './options.js';
import {
  normalizeParameters,
  type RetentionSessionParameters,
  type SubscriptionSessionParameters,
} from './parameters.js';
import { RetentionSession, type Session, SubscriptionSession } from './session.js';
import { isObject } from './type-checks.js';

/**
 * Client that mints Renumerate sessions. Create one per process and share it: its calls share a connection pool.
 *
 * The constructor opens no connection and starts no thread. The first call in a process starts one background thread,
 * which drives the calls of all clients, so that a busy event loop does not delay them. A client needs no closing: it
 * keeps the process alive only while a call is pending.
 *
 * ```js
 * import { Renumerate } from '@renumerate/node';
 *
 * const renumerate = new Renumerate(); // RENUMERATE_PRIVATE_KEY
 * const { id } = await renumerate.createRetentionSession({ customerId: 'cus_NffrFeUfNV2Hib' });
 * ```
 *
 * @see https://docs.renumerate.com/reference/api the vendor's page on the two calls
 */
export class Renumerate {
  #client: NativeClient;
  readonly #logger: Logger | undefined;
  /** Set while there is no private key: each call creates the native client again, until one finds a key. */
  #settings: Settings | undefined;

  /**
   * Creates a client. A missing private key is no error until the first call.
   *
   * @param options see {@link RenumerateOptions}; all are optional
   * @throws {ConfigurationError} if an option is unknown or invalid; its `field` is the name of the option
   */
  constructor(options: RenumerateOptions = {}) {
    if (!isObject(options)) throw optionTypeError('options', 'an object such as { privateKey }', options);
    const settings = normalizeClientOptions(options);
    this.#client = createNativeClient(settings);
    this.#logger = loggerOption(options);
    if (this.#client.baseUrl === null) this.#settings = settings;
  }

  /**
   * Mints a session that opens the cancel flow: `POST /v1/retention/session`.
   *
   * Mint it when the customer clicks, for the customer that your backend has authenticated. Do not cache or log its id.
   * If the signal of the call is aborted, the promise rejects with its reason.
   *
   * @param parameters the customer, by id, e-mail address or both, and optionally one subscription
   * @param options an abort signal, the timeout in milliseconds, the maximum number of retries: see {@link CallOptions}
   * @returns the session. Your page needs its `id`; `res.json(session)` sends it
   * @throws {ConfigurationError} if there is no private key, or an option is invalid; nothing was sent
   * @throws {ValidationError} if a parameter is invalid; nothing was sent
   * @throws {ApiError} if the service responds with an error status; `NotFoundError` if there is no such customer
   * @throws {NetworkError} if the network fails before a complete response was received
   * @throws {RequestTimeoutError} if no complete response was received within a timeout
   * @throws {UnexpectedResponseError} if the response is not the documented one
   * @see https://docs.renumerate.com/reference/api
   */
  async createRetentionSession(
    parameters: RetentionSessionParameters,
    options?: CallOptions,
  ): Promise<RetentionSession> {
    return sessionOrThrow(await this.#start(RetentionSession, false, parameters, options));
  }

  /**
   * Mints a session that opens the SubscriptionHub: `POST /v1/subscription/session`.
   *
   * @param parameters the customer, by id, e-mail address or both
   * @param options an abort signal, the timeout in milliseconds, the maximum number of retries: see {@link CallOptions}
   * @returns the session. Your page needs its `id`; `res.json(session)` sends it
   * @throws {RenumerateError} as {@link createRetentionSession}
   * @see https://docs.renumerate.com/reference/api
   */
  async createSubscriptionSession(
    parameters: SubscriptionSessionParameters,
    options?: CallOptions,
  ): Promise<SubscriptionSession> {
    return sessionOrThrow(await this.#start(SubscriptionSession, true, parameters, options));
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    if (!(#client in this)) return 'Renumerate {}'; // a proxy, or an object that inherits from a client
    return `Renumerate { ${this.#settings ? 'without a key so far' : `baseUrl: '${this.#client.baseUrl}'`} }`;
  }

  #start<S extends Session>(
    SessionClass: SessionConstructor<S>,
    subscription: boolean,
    parameters: unknown,
    options: unknown,
  ): Promise<Outcome<S>> {
    const normalized = normalizeParameters(subscription, parameters);
    const log = this.#logger && logForwarder(this.#logger);
    const client = this.#nativeClient();
    return startCall(client, SessionClass, subscription, normalized, normalizeCallOptions(options), log);
  }

  /** Returns the native client, created again with the current environment variables if it has no key yet. */
  #nativeClient(): NativeClient {
    if (this.#settings) {
      this.#client = createNativeClient(withEnvironment(this.#settings));
      if (this.#client.baseUrl !== null) this.#settings = undefined;
    }
    return this.#client;
  }
}

/** Returns the session or throws the error, which is created here so that its stack includes the caller. */
function sessionOrThrow<S extends Session>(outcome: Outcome<S>): S {
  if (typeof outcome === 'string') throw errorFromJson(outcome);
  return outcome;
}

function createNativeClient(settings: Settings): NativeClient {
  const created = native.makeClient(calls, settings);
  if (typeof created === 'string') throw errorFromJson(created);
  return created;
}
