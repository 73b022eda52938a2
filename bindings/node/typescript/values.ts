// What JavaScript gave, on its way to the core, which checks what it says; here it is only looked at what it is.

/** What a value is, with its article, for an error: never what it says, which may be a secret. */
export function whatItIs(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'object':
      return 'an object';
    case 'string':
      return value.isWellFormed() ? 'a string' : 'a string with a lone surrogate';
    default:
      return `a ${typeof value}`;
  }
}

/** Whether the value is text that can be sent: half of a character would become another one on the way. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** Whether it can be taken apart by names. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A member of the object, or of its class; never one that somebody has put on the prototype of all objects, which could
 * send the key elsewhere.
 */
export function memberOf(given: object, name: string): unknown {
  for (let at = given; ; ) {
    const above = Object.getPrototypeOf(at) as object | null;
    if (above === null && at !== given) return undefined;
    if (Object.hasOwn(at, name)) return (given as Record<string, unknown>)[name];
    if (above === null) return undefined;
    at = above;
  }
}
