// One run of one case: make the client, make the call, compare what came of it and what went over the wire.

import { deepStrictEqual } from 'node:assert';
import { inspect } from 'node:util';
import { Renumerate, RenumerateError } from '@renumerate/node';
import { camelCase } from './vectors.mjs';

const ABSENT_UNLESS_SAID = ['status', 'field', 'request_id', 'phase', 'timeout', 'retry_after'];
const MEMBERS = { message: 'reason', timeout: 'timeoutScope' };
let runs = 0;

/** A run of a case, with a key of its own. What it shows to anybody goes to `note`. */
export class Run {
  #sandbox;
  #note;

  constructor(sandbox, written, note) {
    this.#sandbox = sandbox;
    this.#note = note;
    this.key = `sk_case_${written.name}.planted${runs++}x`;
    const stand = { key: this.key, base_url: sandbox.url, host: new URL(sandbox.url).host };
    this.case = JSON.parse(JSON.stringify(written).replace(/\$\{(key|base_url|host)\}/g, (_, name) => stand[name]));
  }

  /** What must be shown nowhere: the key's own part, the session's id, the customer's e-mail. */
  secrets() {
    const { outcome, call } = this.case;
    const id = outcome.session?.id ?? '';
    const email = call.parameters.customer_email ?? '';
    return [this.key.split('.')[1], ...(id.length > 64 ? [id] : []), ...(email.includes('john.doe@') ? [email] : [])];
  }

  /** Fails where anything differs from what the case expects. */
  async play() {
    let seen;
    try {
      const client = new Renumerate({ privateKey: this.key, baseUrl: this.#sandbox.url, ...this.#clientOptions() });
      this.#show(client);
      for (let left = this.case.warm_up ?? 0; left > 0; left--) {
        await this.#call(client).catch((error) => this.#show(error));
      }
      while (await this.#mustClose());
      seen = await this.#call(client);
    } catch (error) {
      if (!(error instanceof RenumerateError)) throw error;
      seen = error;
    }
    this.#show(seen);
    this.#judge(seen);
    this.#judgeWire(await this.#sandbox.requests(this.key));
  }

  #clientOptions() {
    return translated(this.case.client);
  }

  #call(client) {
    const { method, parameters, options } = this.case.call;
    return client[camelCase(method)](translated(parameters), translated(options));
  }

  #show(thing) {
    const seen = [inspect(thing, { showHidden: true }), String(thing)];
    if (thing instanceof Error) seen.push(JSON.stringify(thing), inspect(structuredClone(thing)), thing.stack);
    else if (thing instanceof Renumerate) seen.push(JSON.stringify(thing), inspect(structuredClone(thing)));
    this.#note(seen.join('\n'));
  }

  /** Whether the sandbox has yet to close a connection that its answers so far say it will. */
  async #mustClose() {
    const requests = await this.#sandbox.requests(this.key);
    return requests.some((request, at) => {
      const { answer } = this.case.exchanges[at] ?? {};
      return answer?.close_after_ms !== undefined && request.problem === null && !request.closed;
    });
  }

  #judge(seen) {
    const { session, error } = this.case.outcome;
    if (seen instanceof RenumerateError) {
      if (!error) throw new Error(`there is an error: ${seen}`);
      sameError(seen, error);
    } else {
      if (!session) throw new Error('there is a session where an error should be');
      sameSession(seen, session);
    }
  }

  #judgeWire(requests) {
    const { exchanges } = this.case;
    for (const { problem } of requests) same("the wire's problem", problem, null);
    same('requests on the wire', requests.length, exchanges.length);
    requests.slice(1).forEach((request, at) => {
      const gap = request.at - requests[at].at;
      const wanted = exchanges[at + 1].request?.min_gap_ms ?? 0;
      if (gap < wanted) throw new Error(`a request came ${gap} ms after the one before it, and not ${wanted} or more`);
    });
  }
}

/** Options or parameters in this language's names, with times in milliseconds. */
function translated(named = {}) {
  const value = (name, value) => (name.endsWith('timeout') && typeof value === 'number' ? value * 1000 : value);
  return Object.fromEntries(Object.entries(named).map(([name, given]) => [camelCase(name), value(name, given)]));
}

function same(what, seen, expected) {
  deepStrictEqual(seen, expected, `${what}: ${inspect(seen)}, and should be ${inspect(expected)}`);
}

function sameSession(session, expected) {
  same('id', session.id, expected.id);
  same('url', session.url, expected.url ?? session.url);
  same('request id', session.requestId, expected.request_id);
  same('attempts', session.attempts.length, expected.attempts);
}

function sameError(error, expected) {
  same('class', error.constructor.name, expected.class);
  same('name', error.name, expected.class);
  same('code', error.code, expected.code);
  same('retryable', error.retryable, expected.retryable);
  same('attempts', error.attempts.length, expected.attempts);
  for (const name of ABSENT_UNLESS_SAID)
    same(name, error[MEMBERS[name] ?? camelCase(name)], expectedOf(name, expected));
  for (const name of ['message', 'body']) {
    if (name in expected) same(name, error[MEMBERS[name] ?? name], expected[name]);
  }
  // Names stand in the text in this language's form, but for those that the service wrote.
  const has = (part) => error.message.includes(part) || error.message.includes(camelCase(part));
  for (const part of expected.says ?? []) {
    if (!has(part)) throw new Error(`${inspect(error.message)} does not say ${inspect(part)}`);
  }
  for (const part of expected.omits ?? []) {
    if (has(part)) throw new Error(`${inspect(error.message)} says ${inspect(part)}`);
  }
  if (error.message.includes('\n')) throw new Error(`${inspect(error.message)} is more than one line`);
}

function expectedOf(name, expected) {
  if (name === 'field') return expected.field && camelCase(expected.field);
  if (name === 'retry_after') return expected.retry_after && expected.retry_after * 1000;
  return expected[name];
}
