// Run-time checks of untyped arguments. They look at types only; the core validates the values.

import type { AbortSignalLike } from './web-types.js';

/** Returns the type of a value for an error message, such as `an array`. Omits the value, which may be a secret. */
export function describeType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return isSignal(value) ? 'an AbortSignal' : 'an object';
    case 'string':
      return value.isWellFormed() ? 'a string' : 'a string with a lone surrogate';
    default:
      return `a ${typeof value}`;
  }
}

/** Returns whether a value is a string without lone surrogates, which the conversion to UTF-8 would replace. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** Returns whether a value is an object, but not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns whether a value is an abort signal. Looks at its members, not its class, to accept signals of jsdom too. */
export function isSignal(value: unknown): value is AbortSignalLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignalLike).aborted === 'boolean' &&
    typeof (value as AbortSignalLike).addEventListener === 'function' &&
    typeof (value as AbortSignalLike).removeEventListener === 'function'
  );
}

/**
 * Reads a property of an object or of its class, but not of `Object.prototype`. Otherwise an attacker who can write to
 * `Object.prototype` (prototype pollution) could set `baseUrl` and send the private key to another host.
 *
 * @returns the value, or `undefined` if there is no such property
 */
export function readProperty(object: object, name: string): unknown {
  for (let current = object; ; ) {
    const prototype = Object.getPrototypeOf(current) as object | null;
    // Skip the last object of the prototype chain: it is an `Object.prototype`, of this realm or of another realm.
    if (prototype === null && current !== object) return undefined;
    if (Object.hasOwn(current, name)) return (object as Record<string, unknown>)[name];
    if (prototype === null) return undefined;
    current = prototype;
  }
}
