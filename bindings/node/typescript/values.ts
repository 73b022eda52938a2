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
