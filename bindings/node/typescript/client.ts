// The client.

import type { NativeClient, Settings } from './binding.js';
import { calls, type MakeSession, type Outcome, start } from './calls.js';
import { errorOf } from './errors.js';
import { type Logger, logOf } from './logs.js';
import { native } from './native.js';
import {
  type CallOptions,
  loggerOf,
  type RenumerateOptions,
  settingsOf,
  sortOptions,
  withVariables,
  wrongOption,
} from './options.js';
import { type RetentionSessionParameters, type SubscriptionSessionParameters, sort } from './parameters.js';
import { RetentionSession, type Session, SubscriptionSession } from './session.js';
import { isObject } from './values.js';

/**
 * Mints sessions. Make one for the process and share it: its calls use the same connections.
 *
 * Making one opens no connection and starts no thread. The first call of a process starts one thread, which drives the
 * calls of all clients, so that a busy event loop holds none of them up. A process ends by itself when no call is under
 * way.
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
  /** While there is no key: with these the client is made anew when there is one. */
  #settings: Settings | undefined;

  /**
   * @param options see {@link RenumerateOptions}
   * @throws {ConfigurationError} a setting cannot be used; its `field` says which
   */
  constructor(options: RenumerateOptions = {}) {
    if (!isObject(options)) throw wrongOption('options', 'an object such as { privateKey }', options);
    const settings = settingsOf(options);
    this.#client = clientOf(settings);
    this.#logger = loggerOf(options);
    if (this.#client.baseUrl === null) this.#settings = settings;
  }

  /**
   * Mints a session that opens the cancel flow: `POST /v1/retention/session`.
   *
   * Mint it when the customer clicks, for the customer whom your backend has signed in, and neither cache nor log it.
   *
   * @param parameters the customer, by id or e-mail or both, and perhaps one subscription
   * @param options a signal, and the limits of this call
   * @returns the session; `id` is for your page, and `res.json(session)` carries it
   * @throws {ConfigurationError} there is no key, or an option cannot be used; nothing was sent
   * @throws {ValidationError} a parameter is certainly wrong; nothing was sent
   * @throws {ApiError} the service refuses, or fails; `NotFoundError` where it knows no such customer
   * @throws {NetworkError} no answer came
   * @throws {RequestTimeoutError} no answer came in time
   * @throws {UnexpectedResponseError} an answer that is not the documented one
   * @see https://docs.renumerate.com/reference/api
   */
  async createRetentionSession(
    parameters: RetentionSessionParameters,
    options?: CallOptions,
  ): Promise<RetentionSession> {
    return sessionOf(await this.#start(RetentionSession, false, parameters, options));
  }

  /**
   * Mints a session that opens the SubscriptionHub: `POST /v1/subscription/session`.
   *
   * @param parameters the customer, by id or e-mail or both
   * @param options a signal, and the limits of this call
   * @returns the session; `id` is for your page, and `res.json(session)` carries it
   * @throws {RenumerateError} as {@link createRetentionSession}
   * @see https://docs.renumerate.com/reference/api
   */
  async createSubscriptionSession(
    parameters: SubscriptionSessionParameters,
    options?: CallOptions,
  ): Promise<SubscriptionSession> {
    return sessionOf(await this.#start(SubscriptionSession, true, parameters, options));
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    if (!(#client in this)) return 'Renumerate {}'; // a proxy, or an object made after it
    return `Renumerate { ${this.#settings ? 'without a key so far' : `baseUrl: '${this.#client.baseUrl}'`} }`;
  }

  #start<S extends Session>(
    make: MakeSession<S>,
    subscription: boolean,
    parameters: unknown,
    options: unknown,
  ): Promise<Outcome<S>> {
    const sorted = sort(subscription, parameters);
    const log = this.#logger && logOf(this.#logger);
    return start(this.#ready(), make, subscription, sorted, sortOptions(options), log);
  }

  #ready(): NativeClient {
    if (this.#settings) {
      this.#client = clientOf(withVariables(this.#settings));
      if (this.#client.baseUrl !== null) this.#settings = undefined;
    }
    return this.#client;
  }
}

/** The session; an error is made and thrown here, where the caller is on the stack. */
function sessionOf<S extends Session>(outcome: Outcome<S>): S {
  if (typeof outcome === 'string') throw errorOf(outcome);
  return outcome;
}

function clientOf(settings: Settings): NativeClient {
  const made = native.makeClient(calls, settings);
  if (typeof made === 'string') throw errorOf(made);
  return made;
}
