// Sessions: the results of calls.

import type { Attempt } from './errors.js';

declare const kind: unique symbol;

/** Id of a {@link RetentionSession}, `ret_…`. A plain string at run time, and a distinct type in TypeScript. */
export type RetentionSessionId = string & { readonly [kind]: 'retention' };

/** Id of a {@link SubscriptionSession}, `sub_…`. A plain string at run time, and a distinct type in TypeScript. */
export type SubscriptionSessionId = string & { readonly [kind]: 'subscription' };

const inspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * Base class of sessions. `console.log` and string conversion mask the id. JSON contains the id, and `console.dir` and
 * `console.table` print it, because they print all properties of an object.
 */
export abstract class Session<Id extends string = string> {
  /**
   * Session id in plain text, for the vendor's browser library. Anyone who has the id can open the widget of the
   * session's customer: send the id only to that customer's page, and do not cache or log it.
   */
  readonly id: Id;
  /**
   * URL that the vendor's browser library loads in an iframe for this session. A web view can load this URL too, but
   * the vendor does not document that. Keep the URL as secret as the id, because it contains the id.
   */
  readonly url: string;
  /** Request id of the service, if the response has one. Quote it to the vendor's support. */
  readonly requestId: string | undefined;
  #attempts: readonly Attempt[] | string;

  /**
   * Creates a session, for tests of applications. A widget opens only with a session id that the service has created.
   *
   * @param id the session id
   * @param url the URL of the widget. Default: empty
   * @param requestId the request id of the service. Default: none
   * @param attempts the attempts of the call, or a JSON string of them. Default: none
   */
  constructor(id: string, url = '', requestId?: string | null, attempts: readonly Attempt[] | string = []) {
    this.id = id as Id;
    this.url = url;
    this.requestId = requestId ?? undefined;
    this.#attempts = attempts;
  }

  /** Outcome and duration of each attempt of the call. The last attempt succeeded. */
  get attempts(): readonly Attempt[] {
    if (typeof this.#attempts === 'string') this.#attempts = JSON.parse(this.#attempts) as Attempt[];
    return this.#attempts;
  }

  /** Returns the properties that JSON contains: `id`, `url` and, if there is one, `requestId`. */
  toJSON(): { id: Id; url: string; requestId?: string } {
    const { id, url, requestId } = this;
    return requestId === undefined ? { id, url } : { id, url, requestId };
  }

  /** Returns a description with a masked id. */
  toString(): string {
    // `id` and `url` can be missing: an automatic mock of Jest has the methods of a session, but not its properties.
    const prefix = /^[a-z]{3}_/.exec(String(this.id ?? ''))?.[0] ?? ''; // the kind of session is not a secret
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

/**
 * Session that opens the cancel flow. Pass its id to `showRetentionView(id)` or `mountCancelButton(el, id)` of the
 * vendor's browser library.
 */
export class RetentionSession extends Session<RetentionSessionId> {}

/**
 * Session that opens the SubscriptionHub. Pass its id to `mountSubscriptionHub(el, id)` of the vendor's browser
 * library.
 */
export class SubscriptionSession extends Session<SubscriptionSessionId> {}
