/// <reference lib="esnext.disposable" preserve="true" />

/**
 * Sandbox: a local server that imitates the Renumerate service, for tests without an account or a network. It can also
 * simulate failures.
 *
 * The sandbox needs the `renumerate` command from the separate package `@renumerate/sandbox`. Production servers do not
 * need that package.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Renumerate, type RenumerateOptions, type UrlLike } from './index.js';
import { findCommand, type StartupInfo, startProcess, stopProcess } from './sandbox-process.js';
import {
  type CustomerRecord,
  type ExchangedSession,
  type MintedSession,
  type ReceivedRequest,
  toCustomer,
  toExchangedSession,
  toMintedSession,
  toReceivedRequest,
} from './sandbox-records.js';
import { SandboxRequests } from './sandbox-requests.js';

export type {
  CustomerRecord,
  Discount,
  ExchangedSession,
  MintedSession,
  Plan,
  ReceivedRequest,
  SubscriptionRecord,
} from './sandbox-records.js';

/** Options of a sandbox. All are optional. */
export interface SandboxOptions {
  /** Private key that the sandbox accepts. Default: `'sk_sandbox_local'`. */
  readonly privateKey?: string | undefined;
  /** Folder of case files, which define responses: a path, or a `file:` URL. Default: none. */
  readonly cases?: string | UrlLike | undefined;
  /** File with the customers that exist: a path, or a `file:` URL. Default: none (all customers exist). */
  readonly seed?: string | UrlLike | undefined;
  /**
   * The `renumerate` command: a path, or a `file:` URL. Default: the command of the package `@renumerate/sandbox`, else
   * the command on the `PATH`.
   */
  readonly command?: string | UrlLike | undefined;
}

/** A response for {@link Sandbox.script}. All members are optional. Default: status 200 without a body. */
export interface ScriptedAnswer {
  /** HTTP status. Default: 200. */
  readonly status?: number;
  /** Headers by name; values are strings or numbers: `{ 'retry-after': 30 }`. Default: none. */
  readonly headers?: Readonly<Record<string, string | number>>;
  /** JSON body. Default: none. */
  readonly body?: unknown;
  /** Text body. Default: none. */
  readonly text?: string;
  /** Whether to create a session and respond with it, as the real service does. Default: `false`. */
  readonly mint?: boolean;
  /** Delay before the status line, in milliseconds. Default: 0. */
  readonly delay?: number;
  /** Network fault during the response. Default: none. */
  readonly fault?:
    | 'stall_before_headers'
    | 'stall_in_body'
    | 'slow_drip'
    | 'reset_before_status'
    | 'close_before_status'
    | 'reset_in_body'
    | 'truncate_body';
  /**
   * Delay between the response and the closing of the connection, in milliseconds. The response does not announce that
   * the connection will be closed. Default: the connection stays open.
   */
  readonly closeAfter?: number;
}

/**
 * A running sandbox. Start it with {@link Sandbox.start}. Stop it with {@link Sandbox.stop}, or declare it with
 * `await using`.
 *
 * Use the customer ids `cus_not_found`, `cus_server_error`, `cus_rate_limited`, `cus_slow`, `cus_unstable` and
 * `cus_html` to trigger failures. Other customer ids get a session. {@link Sandbox.script} sets the responses for a
 * customer id.
 *
 * ```js
 * import { Sandbox } from '@renumerate/node/testing';
 *
 * const sandbox = await Sandbox.start();
 * await sandbox.script('cus_1', { status: 500 }, { mint: true });
 * const session = await sandbox.client().createRetentionSession({ customerId: 'cus_1' });
 * console.log((await sandbox.requests()).map((request) => request.status)); // [ 500, 200 ]
 * await sandbox.stop();
 * ```
 */
export class Sandbox {
  readonly #info: StartupInfo;
  readonly #requests: SandboxRequests;
  #child: ChildProcess | undefined;

  private constructor(child: ChildProcess, info: StartupInfo) {
    if (!info) throw new Error('a sandbox is started: await Sandbox.start()');
    this.#child = child;
    this.#info = info;
    this.#requests = new SandboxRequests(info.url);
  }

  /**
   * Starts a sandbox in a child process. The child process ends when this process ends, if not earlier, and does not
   * keep the event loop of this process alive.
   *
   * @param options see {@link SandboxOptions}
   * @returns the running sandbox
   * @throws {Error} if an option is unknown, or the command is missing or does not start
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const { privateKey, cases, seed, command, ...unknown } = options;
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw new Error(`there is no option ${name}: there are privateKey, cases, seed, command`);
    const flags = { '--key': privateKey, '--cases': pathOf(cases), '--seed': pathOf(seed) };
    const args = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
    return new Sandbox(...(await startProcess(pathOf(command) ?? findCommand(), args)));
  }

  /** URL of the sandbox: the `baseUrl` for a client. */
  get url(): string {
    return this.#info.url;
  }

  /** Private key that the sandbox accepts. */
  get privateKey(): string {
    return this.#info.private_key;
  }

  /** Public key that the sandbox accepts in handshake tokens. */
  get publicKey(): string {
    return this.#info.public_key;
  }

  /**
   * Creates a client of this sandbox.
   *
   * @param options options of the client. By default, `privateKey`, `publicKey` and `baseUrl` are those of the sandbox
   * @throws {ConfigurationError} if an option is unknown or invalid
   */
  client(options: RenumerateOptions = {}): Renumerate {
    const { privateKey, publicKey, url: baseUrl } = this;
    return new Renumerate({ privateKey, publicKey, baseUrl, ...options });
  }

  /**
   * Returns the requests that the sandbox received, in order of arrival.
   *
   * @param key private key; only requests with this key are returned. Default: all requests are returned
   * @throws {Error} if the sandbox is stopped
   */
  async requests(key?: string): Promise<ReceivedRequest[]> {
    const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`;
    const { requests } = await this.#send('GET', `/_sandbox/requests${query}`);
    return (requests as Record<string, unknown>[]).map(toReceivedRequest);
  }

  /**
   * Returns the session with a certain id.
   *
   * @param id the session id
   * @throws {Error} if this sandbox did not create a session with this id
   */
  async session(id: string): Promise<MintedSession> {
    return toMintedSession(await this.#send('GET', `/_sandbox/sessions/${encodeURIComponent(id)}`));
  }

  /**
   * Returns a customer with its subscriptions, for example to get a `subscriptionId`. Without the option `seed`, every
   * customer exists, and its data is generated from the id.
   *
   * @param id id or e-mail address of the customer
   * @throws {Error} if the seed has no such customer
   */
  async customer(id: string): Promise<CustomerRecord> {
    return toCustomer(await this.#send('GET', `/_sandbox/customers/${encodeURIComponent(id)}`));
  }

  /**
   * Exchanges a handshake token for a session, as the browser does.
   *
   * ```js
   * import { Sandbox } from '@renumerate/node/testing';
   *
   * const sandbox = await Sandbox.start();
   * const { token } = sandbox.client().createHandshakeToken({ customerId: 'cus_1' });
   * const session = await sandbox.exchange(token);
   * console.log((await sandbox.session(session.id)).customerId); // cus_1
   * await sandbox.stop();
   * ```
   *
   * @param token text of the token: the member `token` of the backend's response
   * @throws {TypeError} if the token is not text
   * @throws {Error} if there is no response, or it contains no session. The message has the service's message, the
   *   status, and the cause and the remedy that the sandbox states
   */
  async exchange(token: string): Promise<ExchangedSession> {
    this.#checkRunning();
    if (typeof token !== 'string') {
      throw new TypeError('token must be a string, such as the property token of a HandshakeToken');
    }
    const body = JSON.stringify({ handshakeToken: token });
    const exchanged = this.#requests.send('POST', '/v1/session/exchange', body);
    const [status, text, note] = await exchanged.catch((cause: Error) => {
      throw new Error(`could not exchange the token: ${cause.message}`, { cause });
    });
    const response = parseJson(text);
    const session = toExchangedSession(response);
    if (session && status < 300) return session;
    const problem = `${response?.error ?? 'the response contains no session'} (status ${status})`;
    throw new Error(`could not exchange the token: ${note === undefined ? problem : `${problem}; ${note}`}`);
  }

  /**
   * Sets the responses to the requests for a customer. The sandbox sends them in order. After the last response, it
   * starts again with the first.
   *
   * @param customerId the customer id in the requests
   * @param answers the responses
   * @throws {Error} if a response is malformed
   */
  async script(customerId: string, ...answers: readonly ScriptedAnswer[]): Promise<void> {
    const name = `script_${Buffer.from(customerId).toString('hex')}`;
    const exchanges = answers.map((answer) => ({ answer: toCaseAnswer(answer) }));
    await this.addCases({ name, when: { customer_id: customerId }, exchanges });
  }

  /**
   * Adds cases, which define the responses to certain requests. A case replaces an existing case of the same name.
   *
   * @param cases cases in the format of the case files
   * @throws {Error} if a case is malformed
   */
  async addCases(...cases: readonly object[]): Promise<void> {
    await this.#send('POST', '/_sandbox/cases', { cases });
  }

  /** Deletes the recorded requests and sessions. Scripts are kept, but restart from their first response. */
  async reset(): Promise<void> {
    await this.#send('POST', '/_sandbox/reset');
  }

  /** Stops the sandbox and closes its connections. Has no effect on a stopped sandbox. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child) await Promise.all([stopProcess(child), this.#requests.stop()]);
  }

  /** Stops the sandbox at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #checkRunning(): void {
    if (!this.#child) throw new Error('the sandbox is stopped');
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) throw new Error(`the sandbox has ended: ${signalCode ?? exitCode}`);
  }

  async #send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    this.#checkRunning();
    const [status, text] = await this.#requests.send(method, path, body && JSON.stringify(body));
    const parsed = parseJson(text);
    if (parsed === undefined) throw new Error(`the sandbox answers ${status} and no JSON`);
    if (status >= 400) throw new Error(`the sandbox refuses: ${parsed.error}`);
    return parsed;
  }
}

/** Parses the body of a response, which may be empty. Returns `undefined` if it is not JSON. */
function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return undefined;
  }
}

/** Converts a response to the format of the case files. */
function toCaseAnswer({ headers = {}, ...members }: ScriptedAnswer): object {
  return {
    ...members,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

function pathOf(path: string | UrlLike | undefined): string | undefined {
  return typeof path === 'object' ? fileURLToPath(path.href) : path;
}
