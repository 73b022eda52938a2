// Client of a sandbox: creates sessions as a backend does, and reads the state of the sandbox.

import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSandbox } from './process.mjs';

export class Sandbox {
  #info;
  #stop;

  constructor(info, stop) {
    this.#info = info;
    this.#stop = stop;
    this.url = info.url;
    this.key = info.private_key;
    this.publicKey = info.public_key;
    this.widgets = info.widgets_url;
  }

  /**
   * Starts a sandbox with a seed, if there is one, and with additional arguments of the `renumerate sandbox` command.
   */
  static async start(seed, ...args) {
    const folder = mkdtempSync(join(tmpdir(), 'renumerate-seed-'));
    try {
      const file = join(folder, 'seed.json');
      if (seed) writeFileSync(file, JSON.stringify(seed));
      const options = ['--json', ...args, ...(seed ? ['--seed', file] : [])];
      const { value, stop } = await startSandbox(process.env.DATA, options, (line) => JSON.parse(line));
      return new Sandbox(value, stop);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  stop() {
    return this.#stop();
  }

  /**
   * Creates a session, and returns the session's id. `customer` has the field names of the API, such as `customer_id`.
   */
  async createSession(kind, customer) {
    const { id } = await this.#request(`/v1/${kind}/session`, { [kind]: customer });
    return id;
  }

  /**
   * Returns a new handshake token for a customer, which a backend signs without a request. `key` is the private key,
   * and `members` replace members of the payload.
   */
  createToken(customerId, { key = this.key, ...members } = {}) {
    const payload = JSON.stringify({
      brandPub: this.publicKey,
      subscriberId: customerId,
      timestamp: Date.now(),
      nonce: randomBytes(16).toString('hex'),
      ...members,
    });
    const signature = createHmac('sha256', key).update(payload).digest('base64url');
    return `${Buffer.from(payload).toString('base64url')}.${signature}`;
  }

  /** Exchanges a token, and returns the session. */
  async exchange(handshakeToken) {
    return (await this.#request('/v1/session/exchange', { handshakeToken })).session;
  }

  /** Returns a customer by id or e-mail address. */
  customer(name) {
    return this.#request(`/_sandbox/customers/${encodeURIComponent(name)}`);
  }

  /** Returns the received requests to a path. */
  async requestsTo(path) {
    const { requests } = await this.#request('/_sandbox/requests');
    return requests.filter((request) => request.path === path);
  }

  /** Returns the outcomes of a session. */
  async outcomes(id) {
    return (await this.#request(`/_sandbox/sessions/${encodeURIComponent(id)}`)).outcomes;
  }

  /** Deletes requests and sessions, and restores the customers. */
  async reset() {
    await fetch(`${this.url}/_sandbox/reset`, { method: 'POST' });
  }

  /** Returns the text of a file from the widgets' server. */
  fetchFromWidgets(url) {
    return this.#overTls(url, {});
  }

  /** Sends a form to the widgets, and returns the page of the response. */
  postToWidgets(url, form) {
    return this.#overTls(
      url,
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      form,
    );
  }

  async #overTls(url, options, body) {
    const outgoing = request(url, { ca: readFileSync(this.#info.ca), ...options }).end(body);
    const [response] = await once(outgoing, 'response');
    return text(response);
  }

  async #request(path, body) {
    const headers = { 'x-brand-key': this.key, 'content-type': 'application/json' };
    const response = await fetch(this.url + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : {});
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
