// The parameters of a call.

import { errorOf } from './errors.js';
import { native } from './native.js';
import { isObject, isText, memberOf, whatItIs } from './values.js';

/** A customer, by the id or the e-mail address that Stripe knows, or by both. `null` and `undefined` mean absent. */
export type Customer =
  | {
      /** The customer's id in Stripe: 1 to 255 visible ASCII characters. */
      readonly customerId: string;
      /** The customer's e-mail address in Stripe: at most 512 characters. */
      readonly customerEmail?: string | null | undefined;
    }
  | {
      /** The customer's id in Stripe: 1 to 255 visible ASCII characters. */
      readonly customerId?: string | null | undefined;
      /** The customer's e-mail address in Stripe: at most 512 characters. */
      readonly customerEmail: string;
    };

/** Whom a retention session is for, and which of the customer's subscriptions it is about. */
export type RetentionSessionParameters = Customer & {
  /** The subscription's id in Stripe; without it the flow is about whichever the customer has. */
  readonly subscriptionId?: string | null | undefined;
};

/** Whom a subscription session is for. The SubscriptionHub shows all of the customer's subscriptions. */
export type SubscriptionSessionParameters = Customer & { readonly subscriptionId?: never };

/** Customer id, customer e-mail and subscription id. */
export type Sorted = readonly [string | undefined, string | undefined, string | undefined];

/**
 * The parameters in their places.
 *
 * @throws {ValidationError} where something is no parameter, or no text
 */
export function sort(subscription: boolean, given: unknown): Sorted {
  if (given === undefined || given === null) return [undefined, undefined, undefined];
  if (!isObject(given)) {
    throw errorOf(native.refuseParameterType('parameters', 'an object such as { customerId }', whatItIs(given)));
  }
  for (const name of Object.keys(given)) {
    if (name !== 'customerId' && name !== 'customerEmail' && name !== 'subscriptionId') {
      throw errorOf(native.refuseParameter(subscription, name));
    }
  }
  return [text(given, 'customerId'), text(given, 'customerEmail'), text(given, 'subscriptionId')];
}

function text(given: Record<string, unknown>, name: string): string | undefined {
  const value = memberOf(given, name);
  if (value === undefined || value === null) return undefined;
  if (isText(value)) return value;
  throw errorOf(native.refuseParameterType(name, 'a string', whatItIs(value)));
}
