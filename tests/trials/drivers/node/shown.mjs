// Every form in which a program, a log or a crash report may show a value.

import { format, formatWithOptions, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { Session } from '@renumerate/node';

/** More of one form is no log's line any more. */
const LONGEST = 100_000;

/** Each form once. A session's JSON and its own fields are not among them: they are meant to hold its id. */
export function formsOf(value) {
  const forms = [...printed(value), ...(value instanceof Session ? [] : taken(value))];
  return [...new Set(forms)].map((form) => form.slice(0, LONGEST));
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

/** What is left of it where it is written, sent or taken apart. */
function taken(value) {
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
