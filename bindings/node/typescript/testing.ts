/// <reference types="node" preserve="true" />

/**
 * A Renumerate on this machine, for tests: no account, no network, and every failure on demand.
 *
 * It needs the `renumerate` command, which is a package of its own, `@renumerate/sandbox`: servers in production have no
 * use for it.
 *
 * @module
 */

import type { ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Renumerate, type RenumerateOptions } from './index.js';
import { findCommand, type Said, startProcess, stopProcess } from './sandbox-process.js';

/** How a sandbox is started. */
export interface SandboxOptions {
  /** The key to take. Default: `'sk_sandbox_local'`. */
  readonly privateKey?: string | undefined;
  /** A folder of case files to play. */
  readonly cases?: string | URL | undefined;
  /** A file with the customers that exist. Default: all do. */
  readonly seed?: string | URL | undefined;
  /** The `renumerate` command. Default: that of the package `@renumerate/sandbox`, else the one on the path. */
  readonly command?: string | URL | undefined;
}

/** An answer of a script. Without anything it is a 200 with no body. */
export interface ScriptedAnswer {
  /** The HTTP status. Default: 200. */
  readonly status?: number;
  /** Headers by name; numbers will do: `{ 'retry-after': 30 }`. */
  readonly headers?: Readonly<Record<string, string | number>>;
  /** A JSON body. */
  readonly body?: unknown;
  /** A body of any text. */
  readonly text?: string;
  /** The answer of the contract itself: a session, minted now. */
  readonly mint?: boolean;
  /** How long to wait before the status line, in milliseconds. */
  readonly delay?: number;
  /** What goes wrong with the answer on its way. */
  readonly fault?:
    | 'stall_before_headers'
    | 'stall_in_body'
    | 'slow_drip'
    | 'reset_before_status'
    | 'close_before_status'
    | 'reset_in_body'
    | 'truncate_body';
  /** Closes the connection so many milliseconds after the answer, without having announced it. */
  readonly closeAfter?: number;
}

/** A request that came to a sandbox, and how it was answered. */
export interface ReceivedRequest {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** The headers by lower-case name, but for the key. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text. */
  readonly body: string;
  /** The status of the answer; 0 while there is none. */
  readonly status: number;
  /** When it came, in milliseconds since the sandbox started. */
  readonly at: number;
  /** The case or the script that answered it. */
  readonly case: string | null;
  /** How the request differs from what its case expects. */
  readonly problem: string | null;
  /** The number of the connection that it came on. */
  readonly connection: number;
  /** Whether that connection is closed. */
  readonly closed: boolean;
}

/** What a session id stands for. */
export interface MintedSession {
  readonly kind: 'retention' | 'subscription';
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly subscriptionId: string | null;
}

/**
 * A running sandbox, from {@link Sandbox.start} to {@link Sandbox.stop}, or for the length of an `await using`.
 *
 * The customers `cus_not_found`, `cus_server_error`, `cus_rate_limited`, `cus_slow`, `cus_unstable` and `cus_html` fail
 * as they are called; any other gets a session. {@link Sandbox.script} makes customers of your own.
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
  readonly #said: Said;
  #child: ChildProcess | undefined;

  private constructor(child: ChildProcess, said: Said) {
    if (!said) throw new Error('a sandbox is started: await Sandbox.start()');
    this.#child = child;
    this.#said = said;
  }

  /**
   * Starts one. It ends with this process at the latest.
   *
   * @throws {Error} there is no `renumerate` command, or it does not start, for the reason that it says itself
   */
  static async start(options: SandboxOptions = {}): Promise<Sandbox> {
    const { privateKey, cases, seed, command, ...unknown } = options;
    const [name] = Object.keys(unknown);
    if (name !== undefined) throw new Error(`there is no option ${name}: there are privateKey, cases, seed, command`);
    const given = { '--key': privateKey, '--cases': pathOf(cases), '--seed': pathOf(seed) };
    const said = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
    return new Sandbox(...(await startProcess(pathOf(command) ?? findCommand(), said)));
  }

  /** Where it listens: the `baseUrl` for a client. */
  get url(): string {
    return this.#said.url;
  }

  /** The key that it takes. */
  get privateKey(): string {
    return this.#said.private_key;
  }

  /** A client of this sandbox. */
  client(options: RenumerateOptions = {}): Renumerate {
    return new Renumerate({ privateKey: this.privateKey, baseUrl: this.url, ...options });
  }

  /** Every request that came, in order, or those that came with this key. */
  async requests(key?: string): Promise<ReceivedRequest[]> {
    const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`;
    const { requests } = await this.#ask('GET', `/_sandbox/requests${query}`);
    return (requests as Record<string, unknown>[]).map(({ at_ms: at, ...others }) => ({ at, ...others }) as never);
  }

  /**
   * What a session id stands for.
   *
   * @throws {Error} it was not minted here
   */
  async session(id: string): Promise<MintedSession> {
    const said = await this.#ask('GET', `/_sandbox/sessions/${encodeURIComponent(id)}`);
    const { kind, customer_id: customerId, customer_email: customerEmail, subscription_id: subscriptionId } = said;
    return { kind, customerId, customerEmail, subscriptionId } as MintedSession;
  }

  /**
   * Answers the requests for this customer so, one after the other and then from the start.
   *
   * @throws {Error} an answer is not of the form
   */
  async script(customerId: string, ...answers: readonly ScriptedAnswer[]): Promise<void> {
    const name = `script_${Buffer.from(customerId).toString('hex')}`;
    const exchanges = answers.map((answer) => ({ answer: caseAnswer(answer) }));
    await this.addCases({ name, when: { customer_id: customerId }, exchanges });
  }

  /**
   * Takes cases in the form of the case files; one of a known name takes the old one's place.
   *
   * @throws {Error} a case is not of the form
   */
  async addCases(...cases: readonly object[]): Promise<void> {
    await this.#ask('POST', '/_sandbox/cases', { cases });
  }

  /** Forgets requests, sessions and how far scripts have got. The scripts themselves stay. */
  async reset(): Promise<void> {
    await this.#ask('POST', '/_sandbox/reset');
  }

  /** Stops it, and closes its connections. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child) await stopProcess(child);
  }

  /** Stops it, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Not by `fetch`, which the window of a test may lack, nor through a proxy. */
  #ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (!this.#child) throw new Error('the sandbox is stopped');
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`the sandbox has ended: ${signalCode ?? exitCode}`);
      const asking = request(this.url + path, { method, agent: false, timeout: 30_000 }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        answer.on('error', reject).on('end', () => {
          try {
            const said = text ? JSON.parse(text) : {};
            if ((answer.statusCode ?? 0) < 400) resolve(said);
            else reject(new Error(`the sandbox refuses: ${said.error}`));
          } catch {
            reject(new Error(`the sandbox answers ${answer.statusCode} and no JSON`));
          }
        });
      });
      asking.on('error', reject).on('timeout', () => asking.destroy(new Error('the sandbox does not answer')));
      asking.end(body && JSON.stringify(body));
    });
  }
}

function caseAnswer({ headers = {}, delay, closeAfter, ...members }: ScriptedAnswer): object {
  return {
    ...members,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(delay === undefined ? {} : { delay_ms: delay }),
    ...(closeAfter === undefined ? {} : { close_after_ms: closeAfter }),
  };
}

function pathOf(path: string | URL | undefined): string | undefined {
  return typeof path === 'object' ? fileURLToPath(path.href) : path;
}
