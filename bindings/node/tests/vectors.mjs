// The cases that every language plays, and their expectations altered.

import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../tests/vectors/', import.meta.url);

/** Every case, in the order of the files. */
export function cases() {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')).cases);
}

/** What was altered, and the case that no client can fulfil. `run` has them written by the sandbox's crate. */
export function alterations() {
  return JSON.parse(readFileSync(process.env.ALTERED_CASES, 'utf8'));
}

/** What a name of the cases is in this language. */
export function camelCase(name) {
  return name.replace(/(?<=[a-z])_([a-z])/g, (_, letter) => letter.toUpperCase());
}
