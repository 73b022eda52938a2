// Every form in which a program, a log or a crash report may show a value.

import { format, formatWithOptions, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { HandshakeToken, Session } from '@renumerate/node';

/** Maximum length of one form, like that of a log line. */
const MAX_LENGTH = 100_000;

/** Returns each form once. Excludes the JSON and the fields of a session or token, which contain it on purpose. */
export function formsOf(value) {
  const contains = value instanceof Session || value instanceof HandshakeToken;
  const forms = [...printed(value), ...(contains ? [] : serialized(value))];
  return [...new Set(forms)].map((form) => form.slice(0, MAX_LENGTH));
}

function printed(value) {
  const forms = [
    String(value),
    inspect(value),
    inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    inspect([{ value }], { depth: Infinity }),
    format('%s %o %O', value, value, value),
    formatWithOptions({ colors: true }, value),
  ];
  for (let error = value; error instanceof Error; error = error.cause) forms.push(error.message, error.stack);
  return forms;
}

/** Forms in which the value is serialized, cloned or inspected without its own methods. */
function serialized(value) {
  return [
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    format('%j', value),
    inspect(value, { customInspect: false, showHidden: true, depth: Infinity }),
    inspect(structuredClone(value), { showHidden: true, depth: Infinity }),
    inspect(Object.getOwnPropertyDescriptors(value), { depth: Infinity }),
    serialize(value).toString('latin1'),
  ];
}
