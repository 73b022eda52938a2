// `Renumerate`, the client class.

import type { EndpointKind, NativeClient, Settings } from './binding.js';
import { calls, type Outcome, type SessionConstructor, startCall } from './calls.js';
import { errorFromJson, RenumerateError, ValidationError } from './errors.js';
import { HandshakeToken } from './handshake-token.js';
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
  type HandshakeTokenParameters,
  normalizeParameters,
  type RetentionSessionParameters,
  type SubscriptionSessionParameters,
} from './parameters.js';
import { RetentionSession, type Session, SubscriptionSession } from './session.js';
import { isObject } from './type-checks.js';

/**
 * Methods of a {@link Renumerate} client. If your code takes a client of this type, its tests can pass a plain object
 * whose methods return sessions such as `new RetentionSession('ret_1')`, or tokens such as
 * `new HandshakeToken('eyJ…', new Date())`.
 */
export interface RenumerateClient {
  /** See {@link Renumerate.createRetentionSession}. */
  createRetentionSession(parameters: RetentionSessionParameters, options?: CallOptions): Promise<RetentionSession>;
  /** See {@link Renumerate.createSubscriptionSession}. */
  createSubscriptionSession(
    parameters: SubscriptionSessionParameters,
    options?: CallOptions,
  ): Promise<SubscriptionSession>;
  /** See {@link Renumerate.createHandshakeToken}. */
  createHandshakeToken(parameters: HandshakeTokenParameters): HandshakeToken;
}

/**
 * Client that creates Renumerate sessions and handshake tokens. Create one client per process and share it, because the
 * calls of a client share a connection pool.
 *
 * The constructor opens no connection and starts no thread. The first call in a process starts one background thread
 * for all clients. This thread sends requests and reads responses even while the event loop is busy. A client does not
 * have to be closed: it keeps the process alive only while a call is pending.
 *
 * ```js
 * import { Renumerate } from '@renumerate/node';
 *
 * const renumerate = new Renumerate(); // RENUMERATE_PRIVATE_KEY
 * const { id } = await renumerate.createRetentionSession({ customerId: 'cus_NffrFeUfNV2Hib' });
 * ```
 *
 * @see https://docs.renumerate.com/reference/api the vendor's documentation of the endpoints
 */
export class Renumerate implements RenumerateClient {
  #client: NativeClient;
  readonly #logger: Logger | undefined;
  /**
   * Settings from which each call creates a new native client while the private key is missing. The environment
   * variable with the key may have been set in the meantime. `undefined` once there is a key.
   */
  #settings: Settings | undefined;

  /**
   * Creates a client. A missing private key does not cause an error until the first call.
   *
   * @param options see {@link RenumerateOptions}; all are optional
   * @throws {ConfigurationError} if an option is unknown or invalid; the `field` of the error is the option's name
   */
  constructor(options: RenumerateOptions = {}) {
    if (!isObject(options)) throw optionTypeError('options', 'an object such as { privateKey }', options);
    const settings = normalizeClientOptions(options);
    this.#client = createNativeClient(settings);
    this.#logger = loggerOption(options);
    if (this.#client.baseUrl === null) this.#settings = settings;
  }

  /**
   * Creates a session that opens the cancel flow: `POST /v1/retention/session`.
   *
   * Create the session when the customer clicks "cancel", and only for the customer that your backend has
   * authenticated. Do not cache or log the session id. If the signal of the call is aborted, the promise rejects with
   * the reason of the signal.
   *
   * @param parameters the customer, by id, e-mail address or both, and optionally one subscription
   * @param options an abort signal, a timeout and a maximum number of retries; see {@link CallOptions}
   * @returns the session. Send its `id` to your page, for example with `res.json(session)`
   * @throws {ConfigurationError} if there is no private key, or an option is invalid; nothing was sent
   * @throws {ValidationError} if a parameter is invalid; nothing was sent
   * @throws {ApiError} if the service responds with an error status; `NotFoundError` if the customer does not exist
   * @throws {NetworkError} if the network fails before the response is complete
   * @throws {RequestTimeoutError} if a timeout expires before the response is complete
   * @throws {UnexpectedResponseError} if the response is not one that the API documents
   * @throws {InternalError} if this library has a bug
   * @see https://docs.renumerate.com/reference/api
   */
  async createRetentionSession(
    parameters: RetentionSessionParameters,
    options?: CallOptions,
  ): Promise<RetentionSession> {
    const client = Renumerate.#receiver(this, 'createRetentionSession');
    return sessionOrThrow(await client.#start(RetentionSession, native.EndpointKind.Retention, parameters, options));
  }

  /**
   * Creates a session that opens the SubscriptionHub: `POST /v1/subscription/session`.
   *
   * @param parameters the customer, by id, e-mail address or both
   * @param options an abort signal, a timeout and a maximum number of retries; see {@link CallOptions}
   * @returns the session. Send its `id` to your page, for example with `res.json(session)`
   * @throws {RenumerateError} in the same cases as {@link createRetentionSession}
   * @see https://docs.renumerate.com/reference/api
   */
  async createSubscriptionSession(
    parameters: SubscriptionSessionParameters,
    options?: CallOptions,
  ): Promise<SubscriptionSession> {
    const client = Renumerate.#receiver(this, 'createSubscriptionSession');
    const { Subscription } = native.EndpointKind;
    return sessionOrThrow(await client.#start(SubscriptionSession, Subscription, parameters, options));
  }

  /**
   * Creates a handshake token, which the vendor's browser library exchanges for a session. The method is synchronous: it
   * signs the token with the private key, without a request to the service.
   *
   * Your backend must have authenticated the customer. Create a token for each request of the page, at
   * `GET /api/renumerate-token`, and send it with `Cache-Control: no-store`. Do not log it. The vendor's samples call the
   * parameter `subscriberId`.
   *
   * ```js
   * import { Renumerate } from '@renumerate/node';
   *
   * const renumerate = new Renumerate(); // RENUMERATE_PRIVATE_KEY and RENUMERATE_PUBLIC_KEY
   * const token = renumerate.createHandshakeToken({ customerId: 'cus_NffrFeUfNV2Hib' });
   * console.log(token.expiresAt > new Date()); // true
   * ```
   *
   * @param parameters the customer, by the customer id in Stripe
   * @returns the token. Send its JSON, `{"token": "…"}`, to your page, for example with `res.json(token)`
   * @throws {ValidationError} if the customer id is missing or invalid, or a parameter is unknown
   * @throws {ConfigurationError} if the private or the public key is missing, or a key cannot sign: the public key is a
   *   private key, or the private key is a public key
   * @throws {InternalError} if this library has a bug
   * @see https://renumerate.com/docs/installation
   */
  createHandshakeToken(parameters: HandshakeTokenParameters): HandshakeToken {
    const client = Renumerate.#receiver(this, 'createHandshakeToken');
    const created = client.#logRejections(null, () => {
      const normalized = normalizeParameters(parameters, native.refuseTokenParameter);
      return client.#nativeClient().createHandshakeToken(normalized);
    });
    if ('token' in created) return new HandshakeToken(created.token, new Date(created.expiresAt));
    client.#log(created.record);
    throw errorFromJson(created.error);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    if (!(#client in this)) return 'Renumerate {}'; // `this` is a proxy of a client, or inherits from one
    return `Renumerate { ${this.#settings ? 'without a key so far' : `baseUrl: '${this.#client.baseUrl}'`} }`;
  }

  /** Returns the client on which a method was called. A method that was taken from its client has none. */
  static #receiver(value: unknown, method: string): Renumerate {
    if (isObject(value) && #client in value) return value;
    throw new TypeError(
      `${method} must be called on a client; write renumerate.${method}(…), or bind it to its client`,
    );
  }

  #start<S extends Session>(
    SessionClass: SessionConstructor<S>,
    kind: EndpointKind,
    parameters: unknown,
    options: unknown,
  ): Promise<Outcome<S>> {
    const log = this.#logger && logForwarder(this.#logger);
    return this.#logRejections(kind, () => {
      const normalized = normalizeParameters(parameters, (name) => native.refuseParameter(kind, name));
      const client = this.#nativeClient();
      return startCall(client, SessionClass, kind, normalized, normalizeCallOptions(options), log);
    });
  }

  /** Runs `start`. If it throws, logs that the call of this kind was rejected; without a kind, the handshake token. */
  #logRejections<T>(kind: EndpointKind | null, start: () => T): T {
    try {
      return start();
    } catch (error) {
      if (this.#logger && error instanceof RenumerateError) {
        const { field = '' } = error as { field?: string }; // some classes have no field
        this.#log(this.#client.rejectionRecord(kind, error instanceof ValidationError, field));
      }
      throw error;
    }
  }

  /** Passes a log record, as JSON, to the logger, if there is one. */
  #log(record: string): void {
    if (this.#logger) logForwarder(this.#logger)(JSON.parse(record));
  }

  /** Returns the native client. If there is no key yet, first creates a new client with the current environment. */
  #nativeClient(): NativeClient {
    if (this.#settings) {
      this.#client = createNativeClient(withEnvironment(this.#settings));
      if (this.#client.baseUrl !== null) this.#settings = undefined;
    }
    return this.#client;
  }
}

/** Returns the session or throws the error. The error is created here, so that its stack trace includes the caller. */
function sessionOrThrow<S extends Session>(outcome: Outcome<S>): S {
  if (typeof outcome === 'string') throw errorFromJson(outcome);
  return outcome;
}

function createNativeClient(settings: Settings): NativeClient {
  const created = native.makeClient(calls, settings);
  if (typeof created === 'string') throw errorFromJson(created);
  return created;
}
