// Sends requests to a sandbox from a worker thread. Libraries such as nock and MSW replace the network functions of the
// thread that loads them. A worker has its own.

import { Worker } from 'node:worker_threads';

type Request = readonly [id: number, method: string, path: string, body: string | undefined];
/** `note` is the cause and the remedy of a rejected token, from the header of the response. */
type Response = readonly [status: number, text: string, note: string | undefined];
/** `status` is 0 after a failure; `text` then describes the failure. */
type Reply = readonly [id: number, ...Response];

interface PendingRequest {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: Error) => void;
}

/** HTTP client of one sandbox. Its worker starts with the first request. */
export class SandboxRequests {
  readonly #url: string;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  #worker: Worker | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a request and returns the response. Keeps the event loop alive until then. */
  send(method: string, path: string, body?: string): Promise<Response> {
    const id = ++this.#lastId;
    this.#worker ??= this.#startWorker();
    this.#worker.ref();
    this.#worker.postMessage([id, method, path, body] satisfies Request);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Ends the worker. */
  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #startWorker(): Worker {
    // Without options for Node, so that the worker does not load what they may name: a file that sets up MSW.
    const options = { eval: true, env: {}, execArgv: [], workerData: this.#url };
    return new Worker(`(${sendRequests})()`, options)
      .on('message', ([id, status, text, note]: Reply) => {
        const request = this.#pending.get(id);
        this.#pending.delete(id);
        if (this.#pending.size === 0) this.#worker?.unref();
        if (status === 0) request?.reject(new Error(text));
        else request?.resolve([status, text, note]);
      })
      .on('error', (error) => this.#rejectAll(error))
      .on('exit', () => {
        this.#worker = undefined;
        this.#rejectAll(new Error('the sandbox is stopped'));
      });
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** Main function of the worker. It can use nothing of this file, because the worker receives its source code. */
function sendRequests(): void {
  const { request } = require('node:http') as typeof import('node:http');
  const { parentPort, workerData: url } = require('node:worker_threads') as typeof import('node:worker_threads');
  parentPort?.on('message', ([id, method, path, body]: Request) => {
    const reply = (...response: Response) => parentPort.postMessage([id, ...response] satisfies Reply);
    const fail = ({ message }: Error) => reply(0, message, undefined);
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(url + path, { method, headers, agent: false, timeout: 30_000 }, (response) => {
      const note = response.headers['x-renumerate-sandbox-note'] as string | undefined;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', fail).on('end', () => reply(response.statusCode ?? 0, text, note));
    });
    outgoing.on('error', fail);
    outgoing.on('timeout', () => outgoing.destroy(new Error('the sandbox does not answer')));
    outgoing.end(body);
  });
}
