// What a call answers: a session of one of two kinds.

import type { Attempt } from './errors.js';

declare const kind: unique symbol;

/** The id of a {@link RetentionSession}, `ret_…`: a plain string, which TypeScript does not confuse with another. */
export type RetentionSessionId = string & { readonly [kind]: 'retention' };

/** The id of a {@link SubscriptionSession}, `sub_…`: a plain string, which TypeScript does not confuse with another. */
export type SubscriptionSessionId = string & { readonly [kind]: 'subscription' };

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * What both kinds of session have. Printed, as by `console.log`, it masks its id; as JSON it holds it. `console.dir` and
 * `console.table` print whatever an object has, and so the id too.
 */
export abstract class Session<Id extends string = string> {
  /**
   * The id in plain text, for the vendor's browser library. Whoever holds it can open the customer's flow: hand it to
   * that customer's page, and neither cache nor log it.
   */
  readonly id: Id;
  /**
   * What the vendor's browser library loads in its iframe for this id. A web view can load it too, though the vendor
   * does not document it as a page of its own. It holds the id, so it is as secret as the id is.
   */
  readonly url: string;
  /** The service's own id of the request, where it sent one: quote it to their support. */
  readonly requestId: string | undefined;
  #attempts: readonly Attempt[] | string;

  /** For tests of your own: only the service mints sessions that open something. */
  constructor(id: string, url = '', requestId?: string | null, attempts: readonly Attempt[] | string = []) {
    this.id = id as Id;
    this.url = url;
    this.requestId = requestId ?? undefined;
    this.#attempts = attempts;
  }

  /** What each attempt of the call met and how long it took; the last one succeeded. */
  get attempts(): readonly Attempt[] {
    if (typeof this.#attempts === 'string') this.#attempts = JSON.parse(this.#attempts) as Attempt[];
    return this.#attempts;
  }

  /** What a page needs: `id`, `url` and, where there is one, `requestId`. */
  toJSON(): { id: Id; url: string; requestId?: string } {
    const { id, url, requestId } = this;
    return requestId === undefined ? { id, url } : { id, url, requestId };
  }

  /** For people: the id is masked. */
  toString(): string {
    // Automatic mocks have the methods of a session, and nothing else of it.
    const prefix = /^(ret|sub)_/.exec(String(this.id ?? ''))?.[0] ?? '';
    const [widget, query] = String(this.url ?? '').split('?', 2);
    const url = query === undefined ? '' : `, url: '${widget}?session_id=…'`;
    const requestId = this.requestId === undefined ? '' : `, requestId: '${this.requestId}'`;
    return `${this.constructor.name} { id: '${prefix}…'${url}${requestId} }`;
  }

  /** @internal */
  [inspect](): string {
    return this.toString();
  }
}

/** A session that opens the cancel flow: `showRetentionView(id)`, `mountCancelButton(el, id)`. */
export class RetentionSession extends Session<RetentionSessionId> {}

/** A session that opens the SubscriptionHub: `mountSubscriptionHub(el, id)`. */
export class SubscriptionSession extends Session<SubscriptionSessionId> {}
