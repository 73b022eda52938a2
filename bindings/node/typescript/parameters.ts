// Parameters of sessions and handshake tokens.

import { errorFromJson } from './errors.js';
import { native } from './native.js';
import { describeType, isObject, isText, readProperty } from './type-checks.js';

/**
 * A customer, identified by the customer id or e-mail address in Stripe, or by both. `null` and `undefined` count as
 * absent.
 */
// The variant with an id is last, so that TypeScript compares a wrong type with this one: the error on `customerId: null`
// is then about `customerId`, not about a missing e-mail address.
export type Customer =
  | {
      /** Customer id in Stripe: 1 to 255 visible ASCII characters. */
      readonly customerId?: string | null | undefined;
      /** E-mail address of the customer in Stripe: at most 512 characters. */
      readonly customerEmail: string;
    }
  | {
      /** Customer id in Stripe: 1 to 255 visible ASCII characters. */
      readonly customerId: string;
      /** E-mail address of the customer in Stripe: at most 512 characters. */
      readonly customerEmail?: string | null | undefined;
    };

/** Parameters of a retention session: the customer and, optionally, one of the customer's subscriptions. */
export type RetentionSessionParameters = Customer & {
  /**
   * Subscription id in Stripe: 1 to 255 visible ASCII characters. Default: none; the service then finds
   * the customer's subscription.
   */
  readonly subscriptionId?: string | null | undefined;
};

/** Parameters of a subscription session: the customer. The SubscriptionHub shows all subscriptions of the customer. */
export type SubscriptionSessionParameters = Customer & { readonly subscriptionId?: never };

/** Parameters of a handshake token. */
export interface HandshakeTokenParameters {
  /** Customer id in Stripe: 1 to 255 visible ASCII characters. The vendor's samples call it `subscriberId`. */
  readonly customerId: string;
}

/**
 * Names of all parameters of sessions and tokens. The core rejects a parameter that a kind of session, or a token, does
 * not have.
 */
const PARAMETERS = ['customerId', 'customerEmail', 'subscriptionId'];

/**
 * Checks the names and types of the parameters. Returns a list in which names and values alternate:
 * `['customerId', 'cus_1']`. Absent parameters are omitted.
 *
 * @param refuse returns the fields of the error for an unknown name, as a JSON string
 * @throws {ValidationError} if a parameter is unknown or not a string
 */
export function normalizeParameters(parameters: unknown, refuse: (name: string) => string): string[] {
  if (parameters === undefined || parameters === null) return [];
  if (!isObject(parameters)) {
    const expected = 'an object such as { customerId }';
    throw errorFromJson(native.refuseParameterType('parameters', expected, describeType(parameters)));
  }
  for (const name of Object.keys(parameters)) {
    if (!PARAMETERS.includes(name)) throw errorFromJson(refuse(name));
  }
  const present: string[] = [];
  for (const name of PARAMETERS) {
    const value = stringParameter(parameters, name);
    if (value !== undefined) present.push(name, value);
  }
  return present;
}

function stringParameter(parameters: Record<string, unknown>, name: string): string | undefined {
  const value = readProperty(parameters, name);
  if (value === undefined || value === null) return undefined;
  if (isText(value)) return value;
  throw errorFromJson(native.refuseParameterType(name, 'a string', describeType(value)));
}
