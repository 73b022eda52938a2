// A sandbox as a team's backend and its tests see it: sessions are minted with the key, over HTTP.

import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startSandbox } from './process.mjs';

export class Sandbox {
  #said;
  #stop;

  constructor(said, stop) {
    this.#said = said;
    this.#stop = stop;
    this.url = said.url;
    this.key = said.private_key;
    this.widgets = said.widgets_url;
  }

  /** Starts one that knows the customers of the seed, with more arguments of the command where they are given. */
  static async start(seed, ...given) {
    const folder = mkdtempSync(join(tmpdir(), 'renumerate-seed-'));
    try {
      const file = join(folder, 'seed.json');
      if (seed) writeFileSync(file, JSON.stringify(seed));
      const options = ['--json', ...given, ...(seed ? ['--seed', file] : [])];
      const { value, stop } = await startSandbox(process.env.DATA, options, (line) => JSON.parse(line));
      return new Sandbox(value, stop);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  stop() {
    return this.#stop();
  }

  /** The id of a new session for this customer, by the names of the wire. */
  async mint(kind, customer) {
    const { id } = await this.#ask(`/v1/${kind}/session`, { [kind]: customer });
    return id;
  }

  /** What is kept of a customer, by id or e-mail. */
  customer(name) {
    return this.#ask(`/_sandbox/customers/${encodeURIComponent(name)}`);
  }

  /** What came of a session. */
  async outcomes(id) {
    return (await this.#ask(`/_sandbox/sessions/${encodeURIComponent(id)}`)).outcomes;
  }

  /** Forgets what came, and what was done. */
  async reset() {
    await fetch(`${this.url}/_sandbox/reset`, { method: 'POST' });
  }

  /** The text of a file of the widgets', by HTTPS. */
  fetchFromWidgets(url) {
    return this.#overTls(url, {});
  }

  /** The page that a form of the widgets' leads to, by HTTPS. */
  postToWidgets(url, form) {
    return this.#overTls(
      url,
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      form,
    );
  }

  async #overTls(url, options, body) {
    const asking = request(url, { ca: readFileSync(this.#said.ca), ...options }).end(body);
    const [answer] = await once(asking, 'response');
    return text(answer);
  }

  async #ask(path, body) {
    const headers = { 'x-brand-key': this.key, 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : {});
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
