// Values that a sandbox returns: received requests, sessions and customers.

/** A request that a sandbox received, and its response. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path, including the query. */
  readonly path: string;
  /** Headers by lower-case name, without the private key. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body as text. */
  readonly body: string;
  /** Status of the response; 0 while there is none. */
  readonly status: number;
  /** Time of arrival, in milliseconds since the sandbox started. */
  readonly at: number;
  /** Name of the case or script that defined the response (see {@link Sandbox.addCases}); `null` if none did. */
  readonly case: string | null;
  /** Difference between this request and the request that the case expects; `null` if they do not differ. */
  readonly problem: string | null;
  /** Number of the connection that carried the request. */
  readonly connection: number;
  /** Whether the connection is closed. */
  readonly closed: boolean;
}

/** A session that a sandbox created. */
export interface MintedSession {
  /** `'handshake'` if a handshake token was exchanged for the session. */
  readonly kind: 'retention' | 'subscription' | 'handshake';
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly subscriptionId: string | null;
}

/**
 * A session that a handshake token was exchanged for. `console.log` and string conversion mask the id. JSON contains
 * it.
 */
export class ExchangedSession {
  /** Session id, `r10_…`. It opens the widgets of the customer. */
  readonly id: string;
  /** Time after which the id opens no widget. */
  readonly expiresAt: Date;

  /** @internal */
  constructor(id: string, expiresAt: Date) {
    this.id = id;
    this.expiresAt = expiresAt;
  }

  /** Returns a description with a masked id. */
  toString(): string {
    return `${this.constructor.name} { id: '${this.id.slice(0, 4)}…', expiresAt: ${this.expiresAt.toJSON()} }`;
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** A customer of a sandbox, with the data that the widgets show. */
export interface CustomerRecord {
  /** Id; `null` if only the e-mail address is known. */
  readonly id: string | null;
  readonly email: string | null;
  readonly name: string;
  /** Subscriptions, including cancelled ones. */
  readonly subscriptions: readonly SubscriptionRecord[];
}

/** A subscription of a customer. Dates have the form `'2026-12-01'`. */
export interface SubscriptionRecord {
  /** Id, a `subscriptionId` of this customer. */
  readonly id: string;
  readonly plan: Plan;
  readonly status: 'active' | 'paused' | 'cancelled';
  /** Date of the next bill; `null` if the subscription is cancelled. */
  readonly nextBill: string | null;
  /** Date on which the pause ends; `null` if the subscription is not paused. */
  readonly resumesOn: string | null;
  /** Last day of use; `null` if the subscription is not cancelled. */
  readonly endsOn: string | null;
  /** Current discount; `null` if there is none. */
  readonly discount: Discount | null;
}

/** The plan of a subscription. */
export interface Plan {
  readonly id: string;
  /** Name that customers see. */
  readonly name: string;
  /** Price per interval in the smallest unit of the currency: 2900 is 29.00 dollars. */
  readonly amount: number;
  /** ISO code of the currency in lower case, such as `'usd'`. */
  readonly currency: string;
  readonly interval: 'month' | 'year';
}

/** A discount for some months. */
export interface Discount {
  readonly percent: number;
  readonly months: number;
}

type Json = Record<string, unknown>;

export function toReceivedRequest({ at_ms: at, ...others }: Json): ReceivedRequest {
  return { at, ...others } as unknown as ReceivedRequest;
}

export function toMintedSession(record: Json): MintedSession {
  const { kind, customer_id: customerId, customer_email: customerEmail, subscription_id: subscriptionId } = record;
  return { kind, customerId, customerEmail, subscriptionId } as MintedSession;
}

export function toCustomer({ id, email, name, subscriptions }: Json): CustomerRecord {
  return { id, email, name, subscriptions: (subscriptions as Json[]).map(toSubscription) } as CustomerRecord;
}

function toSubscription({ id, plan, status, next_bill, resumes_on, ends_on, discount }: Json) {
  return { id, plan, status, nextBill: next_bill, resumesOn: resumes_on, endsOn: ends_on, discount };
}

/** Converts the response to an exchange. Returns `undefined` if it contains no session. */
export function toExchangedSession(response: Json | undefined): ExchangedSession | undefined {
  const { sessionId, expiresAt } = (response?.session ?? {}) as Json;
  if (typeof sessionId !== 'string' || typeof expiresAt !== 'number') return undefined;
  return new ExchangedSession(sessionId, new Date(expiresAt * 1000));
}
