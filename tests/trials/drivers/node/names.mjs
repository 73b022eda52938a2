// The names of the trials, which are those of the case files, and those of this language.

/** `private_key` as `privateKey`. */
export function camelCase(name) {
  return name.replace(/(?<=[a-z])_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** `privateKey` as `private_key`. */
export function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Options or parameters in this language's names, with times in milliseconds instead of seconds. */
export function translated(named = {}) {
  const value = (name, value) => (name.endsWith('timeout') && typeof value === 'number' ? value * 1e3 : value);
  return Object.fromEntries(Object.entries(named).map(([name, given]) => [camelCase(name), value(name, given)]));
}
