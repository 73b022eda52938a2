// Type checks: TypeScript accepts valid calls only.

import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { start } from './programs.mjs';

const MODULES = join(import.meta.dirname, 'node_modules');
/** Lines without `// good` are type errors. */
const LINES = `
import { NotFoundError, Renumerate } from '@renumerate/node'; // good
import type { RetentionSessionId, SubscriptionSessionId } from '@renumerate/node'; // good
import type { Customer, RetentionSessionParameters } from '@renumerate/node'; // good
const renumerate = new Renumerate(); // good
renumerate.createRetentionSession({});
renumerate.createRetentionSession();
renumerate.createRetentionSession('cus_1');
renumerate.createRetentionSession({ subscriptionId: 'sub_1' });
renumerate.createRetentionSession({ customer_id: 'cus_1' });
renumerate.createRetentionSession({ customerId: 42 });
renumerate.createRetentionSession({ customerId: null });
renumerate.createRetentionSession({ customerId: undefined, customerEmail: null });
renumerate.createRetentionSession({ customerId: 'cus_1', plan: 'x' });
renumerate.createRetentionSession({ customerId: 'cus_1' }, { timeout: '5s' });
renumerate.createRetentionSession({ customerId: 'cus_1' }, { baseUrl: 'x' });
renumerate.createSubscriptionSession({ customerId: 'cus_1', subscriptionId: 'sub_1' });
new Renumerate({ private_key: 'sk_x' });
new Renumerate('sk_x');
const pending = renumerate.createRetentionSession({ customerId: 'cus_1' }); // good
const wrong: Promise<SubscriptionSessionId> = pending.then(({ id }) => id);
const made: RetentionSessionId = 'ret_1';
new NotFoundError('x').code === 'server';
renumerate.createRetentionSession({ customerId: 'cus_1' }).then((session) => { session.id = session.id; });
renumerate.createRetentionSession({ customerId: 'cus_1' }); // good
renumerate.createRetentionSession({ customerEmail: 'a@b', subscriptionId: undefined }); // good
renumerate.createRetentionSession({ customerId: null, customerEmail: 'a@b' }); // good
const options = { signal: AbortSignal.timeout(5), timeout: 5, maxRetries: 0 }; // good
renumerate.createSubscriptionSession({ customerId: 'cus_1', customerEmail: 'a@b' }, options); // good
new Renumerate({ privateKey: undefined, caBundle: new URL('file:///ca.pem'), logger: console }); // good
new Renumerate({ logger: ({ level, message, time }) => console[level](message, time.getTime()) }); // good
const text: Promise<string> = renumerate.createRetentionSession({ customerId: 'cus_1' }).then(({ id }) => id); // good
const parameters: RetentionSessionParameters = { customerId: 'cus_1' } satisfies Customer; // good
`.trim();

test('TypeScript rejects exactly the invalid lines', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-types-'));
  try {
    symlinkSync(MODULES, join(folder, 'node_modules'));
    writeFileSync(join(folder, 'lines.mts'), LINES);
    const settings = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noEmit',
      '--target',
      'es2022',
      '--module',
      'node16',
    ];
    const { exited } = start(
      [
        process.execPath,
        join(MODULES, 'typescript/bin/tsc'),
        ...settings,
        '--skipLibCheck',
        '--types',
        'node',
        'lines.mts',
      ],
      { cwd: folder },
    );
    const { out } = await exited;
    const rejected = [...new Set([...out.matchAll(/^lines\.mts\((\d+),/gm)].map(([, line]) => Number(line)))];
    const invalid = LINES.split('\n').flatMap((line, at) => (line.endsWith('// good') ? [] : [at + 1]));
    deepStrictEqual(
      rejected.sort((a, b) => a - b),
      invalid,
      out,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
