// Sessions: the results of calls.

import type { Attempt } from './errors.js';

declare const kind: unique symbol;

/** Id of a {@link RetentionSession}, `ret_…`: a plain string that TypeScript distinguishes from other ids. */
export type RetentionSessionId = string & { readonly [kind]: 'retention' };

/** Id of a {@link SubscriptionSession}, `sub_…`: a plain string that TypeScript distinguishes from other ids. */
export type SubscriptionSessionId = string & { readonly [kind]: 'subscription' };

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * Base class of sessions. `console.log` and string conversion mask the id; JSON contains it. `console.dir` and
 * `console.table` print all properties of an object, including the id.
 */
export abstract class Session<Id extends string = string> {
  /**
   * Session id in plain text, for the vendor's browser library. It gives access to the customer's flow: pass it only to
   * the page of that customer. Do not cache or log it.
   */
  readonly id: Id;
  /**
   * URL that the vendor's browser library loads in its iframe for this id. A web view can load it too, but the vendor
   * does not document that. The URL contains the id, so it is equally secret.
   */
  readonly url: string;
  /** Request id of the service, if the response has one. Quote it to the vendor's support. */
  readonly requestId: string | undefined;
  #attempts: readonly Attempt[] | string;

  /**
   * Creates a session, for tests of applications. Only the service mints ids that open a widget.
   *
   * @param id the session id
   * @param url the URL of the widget. Default: empty
   * @param requestId the request id of the service. Default: none
   * @param attempts the attempts of the call, or their JSON. Default: none
   */
  constructor(id: string, url = '', requestId?: string | null, attempts: readonly Attempt[] | string = []) {
    this.id = id as Id;
    this.url = url;
    this.requestId = requestId ?? undefined;
    this.#attempts = attempts;
  }

  /** Outcome and duration of each attempt of the call; the last one succeeded. */
  get attempts(): readonly Attempt[] {
    if (typeof this.#attempts === 'string') this.#attempts = JSON.parse(this.#attempts) as Attempt[];
    return this.#attempts;
  }

  /** Returns the values for a page: `id`, `url` and, if there is one, `requestId`. */
  toJSON(): { id: Id; url: string; requestId?: string } {
    const { id, url, requestId } = this;
    return requestId === undefined ? { id, url } : { id, url, requestId };
  }

  /** Returns a description with a masked id. */
  toString(): string {
    // Objects of automatic mocks have this method, but not the properties of a session.
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

/** Session that opens the cancel flow: `showRetentionView(id)`, `mountCancelButton(el, id)`. */
export class RetentionSession extends Session<RetentionSessionId> {}

/** Session that opens the SubscriptionHub: `mountSubscriptionHub(el, id)`. */
export class SubscriptionSession extends Session<SubscriptionSessionId> {}
