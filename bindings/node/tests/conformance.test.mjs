// Every case of `tests/vectors` over a real socket, in each runtime; and the check on that check.

import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { test } from 'node:test';
import { run } from './programs.mjs';
import { alterations, cases } from './vectors.mjs';

const RUNTIMES = { Node: [process.execPath], Bun: ['bun'], Deno: ['deno', 'run', '--allow-all'] };

for (const [name, command] of Object.entries(RUNTIMES)) {
  test(`every case in ${name}`, async (t) => {
    const { ran, failed, leaked, shown } = JSON.parse(await run([...command, 'conformance.mjs']));
    t.diagnostic(`conformance: ${ran} cases ran in ${name}, ${failed.length} failed`);
    deepStrictEqual(failed, []);
    strictEqual(ran, cases().length);
    deepStrictEqual(leaked, [], 'a secret is in what was shown');
    ok(shown > 100 * ran, 'something was shown');
  });
}

test('every altered expectation is met', async (t) => {
  const { ran, unnoticed } = JSON.parse(await run([process.execPath, 'conformance.mjs', 'altered']));
  t.diagnostic(`conformance: ${ran} altered expectations met, ${unnoticed.length} unnoticed`);
  deepStrictEqual(unnoticed, []);
  strictEqual(ran, alterations().length);
});
