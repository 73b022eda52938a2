// Type checks: TypeScript accepts valid calls only.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from './programs.mjs';

const MODULES = join(import.meta.dirname, 'node_modules');
/** Lines without `// good` are type errors. */
const LINES = `
import { NotFoundError, Renumerate } from '@renumerate/node'; // good
import { HandshakeToken, RetentionSession, SubscriptionSession } from '@renumerate/node'; // good
import type { RetentionSessionId, SubscriptionSessionId } from '@renumerate/node'; // good
import type { ErrorCode, RenumerateClient, RenumerateError } from '@renumerate/node'; // good
import type { Customer, HandshakeTokenParameters, RetentionSessionParameters } from '@renumerate/node'; // good
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
renumerate.createRetentionSession({ customerId: 'cus_1' }, AbortSignal.timeout(5));
renumerate.createRetentionSession({ customerId: 'cus_1' }, { signal: new AbortController() });
const incomplete: RenumerateClient = { createRetentionSession: async () => new RetentionSession('ret_1') };
renumerate.createSubscriptionSession({ customerId: 'cus_1', subscriptionId: 'sub_1' });
renumerate.createHandshakeToken();
renumerate.createHandshakeToken('cus_1');
renumerate.createHandshakeToken({ customerId: null });
renumerate.createHandshakeToken({ subscriberId: 'cus_1' });
renumerate.createHandshakeToken({ customerId: 'cus_1', customerEmail: 'a@b' });
new HandshakeToken('eyJ.x');
new Renumerate({ private_key: 'sk_x' });
new Renumerate('sk_x');
const pending = renumerate.createRetentionSession({ customerId: 'cus_1' }); // good
const wrong: Promise<SubscriptionSessionId> = pending.then(({ id }) => id);
const made: RetentionSessionId = 'ret_1';
new NotFoundError('x').code === 'server';
const isUnknownCode = (error: RenumerateError) => error.code === 'gone';
const waits: Record<ErrorCode, number> = { network: 1, timeout: 2 };
renumerate.createRetentionSession({ customerId: 'cus_1' }).then((session) => { session.id = session.id; });
renumerate.createRetentionSession({ customerId: 'cus_1' }); // good
renumerate.createRetentionSession({ customerEmail: 'a@b', subscriptionId: undefined }); // good
renumerate.createRetentionSession({ customerId: null, customerEmail: 'a@b' }); // good
const options = { signal: AbortSignal.timeout(5), timeout: 5, maxRetries: 0 }; // good
renumerate.createSubscriptionSession({ customerId: 'cus_1', customerEmail: 'a@b' }, options); // good
new Renumerate({ privateKey: undefined, publicKey: 'pk_x', caBundle: new URL('file:///ca.pem'), logger: console }); // good
new Renumerate({ logger: ({ level, message, time }) => console[level](message, time.getTime()) }); // good
const text: Promise<string> = renumerate.createRetentionSession({ customerId: 'cus_1' }).then(({ id }) => id); // good
const parameters: RetentionSessionParameters = { customerId: 'cus_1' } satisfies Customer; // good
const createRetentionSession = async () => new RetentionSession('ret_1'); // good
const createSubscriptionSession = async () => new SubscriptionSession('sub_1'); // good
const token: HandshakeToken = renumerate.createHandshakeToken({ customerId: 'cus_1' }); // good
const expiry: [string, number] = [token.token, token.expiresAt.getTime()]; // good
const createHandshakeToken = ({ customerId }: HandshakeTokenParameters) => new HandshakeToken(customerId, new Date()); // good
const noTokens: RenumerateClient = { createRetentionSession, createSubscriptionSession };
let client: RenumerateClient = { createRetentionSession, createSubscriptionSession, createHandshakeToken }; // good
client = renumerate; // good
client.createRetentionSession({ customerId: 'cus_1' }, { signal: new AbortController().signal }); // good
const isNotFound = (error: RenumerateError) => error.code === 'not_found'; // good
`.trim();

/** A folder with the types of the package, in which the types of Node can only be found by `typeRoots`. */
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'renumerate-types-'));
  const filter = (path) => !path.endsWith('.node');
  cpSync(join(MODULES, '@renumerate/node'), join(folder, 'node_modules/@renumerate/node'), { recursive: true, filter });
});

after(() => rmSync(folder, { recursive: true }));

/** Checks the types of a file with a compiler of the tests. Returns its errors. */
async function typeErrors(source, compiler, options) {
  writeFileSync(join(folder, 'lines.mts'), source);
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'node16', types: [], ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['lines.mts'] }));
  const command = [process.execPath, join(MODULES, compiler, 'bin/tsc'), '--project', folder, '--pretty', 'false'];
  return (await start(command, { cwd: folder }).exited).out;
}

test('TypeScript rejects exactly the invalid lines', async () => {
  const nodeTypes = { types: ['node'], typeRoots: [join(MODULES, '@types')] };
  const options = { exactOptionalPropertyTypes: true, skipLibCheck: true, ...nodeTypes };
  const errors = await typeErrors(LINES, 'typescript', options);
  const rejected = [...new Set([...errors.matchAll(/^lines\.mts\((\d+),/gm)].map(([, line]) => Number(line)))];
  const invalid = LINES.split('\n').flatMap((line, at) => (line.endsWith('// good') ? [] : [at + 1]));
  deepStrictEqual(
    rejected.sort((a, b) => a - b),
    invalid,
    errors,
  );
});

/** A program that uses no type of Node or of browsers. */
const WITHOUT_NODE = `
import { Renumerate, type RenumerateClient } from '@renumerate/node';
import { Sandbox } from '@renumerate/node/testing';
export async function main(client: RenumerateClient = new Renumerate()): Promise<string> {
  await using sandbox = await Sandbox.start({ seed: { href: 'file:///seed.json' } });
  return (await client.createRetentionSession({ customerId: sandbox.url })).id;
}
`;
const NULLABLE_ID = `
import { Renumerate } from '@renumerate/node';
export const session = (customerId: string | null) => new Renumerate().createRetentionSession({ customerId });
`;

for (const compiler of ['typescript', 'typescript-5']) {
  test(`${compiler} needs no types of Node or of browsers`, async () => {
    strictEqual(await typeErrors(WITHOUT_NODE, compiler, { lib: ['es2022'] }), '');
  });

  test(`${compiler} blames a nullable customer id, not the missing e-mail address`, async () => {
    const errors = await typeErrors(NULLABLE_ID, compiler);
    match(errors, /Type 'string \| null' is not assignable to type 'string'/);
    ok(!errors.includes("'customerEmail' is missing"), errors);
  });
}
