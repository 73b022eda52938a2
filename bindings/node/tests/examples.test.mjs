// The examples as they stand: as programs and servers of their own, against a sandbox.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { KEY, sandboxOfThisFile } from './fixtures.mjs';
import { run, start } from './programs.mjs';
import { application, EXAMPLES, environment, freshFolder, serving, servingOnFreePort } from './serving.mjs';
import { waitFor } from './waiting.mjs';

const SECRET = 'signs the cookies of the tests';
process.env.SESSION_SECRET = SECRET;
const { signedInCookie } = await import('../examples/sign-in.mjs');

describe('quickstart.mjs', () => {
  const running = sandboxOfThisFile();
  const cwd = application('quickstart.mjs');

  async function ends(given, variables) {
    const env = environment(running.sandbox, variables);
    const { code, out, err } = await start([process.execPath, 'quickstart.mjs', ...given], { cwd, env }).ended;
    ok(!`${out}${err}`.includes(KEY));
    return [code, out, err];
  }

  test('it mints a session', async () => {
    for (const given of [[], ['cus_1']]) {
      const [code, out, err] = await ends(given);
      deepStrictEqual([code, err], [0, '']);
      const { kind, customerId } = await running.sandbox.session(out.trim());
      deepStrictEqual([kind, customerId], ['retention', given[0] ?? 'cus_NffrFeUfNV2Hib']);
    }
  });

  test('it says what went wrong', async () => {
    deepStrictEqual(await ends(['cus_not_found']), [1, '', 'there is no customer cus_not_found\n']);
    const [refused, ...said] = await ends([], { RENUMERATE_PRIVATE_KEY: 'sk_sandbox_another' });
    strictEqual(refused, 1);
    match(said.join(''), /^authentication: the service answered 401: .*\n$/);
    ok(!said.join('').includes('sk_sandbox_another'));
    const [missing, , why] = await ends([], { RENUMERATE_PRIVATE_KEY: undefined });
    strictEqual(missing, 1);
    match(why, /^configuration: .*RENUMERATE_PRIVATE_KEY.*\n$/);
  });
});

const onPort0 = (program) => (options) =>
  serving([process.execPath, program], { ...options, env: { ...options.env, PORT: '0' } });

/** How each backend is served, in which folder, and where its route is. */
const BACKENDS = {
  'express.mjs': {
    path: '/cancel-session',
    folder: () => application('express.mjs', 'sign-in.mjs'),
    serve: onPort0('express.mjs'),
  },
  'fastify.mjs': {
    path: '/cancel-session',
    folder: () => application('fastify.mjs', 'sign-in.mjs'),
    serve: onPort0('fastify.mjs'),
  },
  next: {
    path: '/api/cancel-session',
    folder: standalone,
    serve: (options) => servingOnFreePort([process.execPath, 'server.js'], options),
  },
};

/** Installs the Next.js example as its users do, builds it, and puts its standalone build where nothing else is. */
async function standalone() {
  const clone = freshFolder();
  writeFileSync(join(clone, 'package-lock.json'), '{}'); // as in a clone, where one is in a folder above
  const cwd = join(clone, 'next');
  const filter = (path) => !path.endsWith('node_modules') && !path.endsWith('.next'); // of somebody who tried it there
  cpSync(join(EXAMPLES, 'next'), cwd, { recursive: true, filter });
  const [archive] = readdirSync(process.env.ARCHIVES).filter((name) => name.startsWith('renumerate-node-'));
  const options = { cwd, env: { NEXT_TELEMETRY_DISABLED: '1' }, within: 600_000 };
  await run(['npm', 'install', '--no-audit', '--no-fund', join(process.env.ARCHIVES, archive)], options);
  await run(['npm', 'run', 'build'], options);
  const elsewhere = join(freshFolder(), 'standalone');
  renameSync(join(cwd, '.next/standalone'), elsewhere);
  rmSync(clone, { recursive: true });
  return elsewhere;
}

/** Customers, what the sandbox answers for them where that is not its own habit, and what the page then gets. */
const FAILURES = [
  ['cus_not_found', undefined, 404, 'not_found', null],
  ['cus_rate_limited', undefined, 503, 'rate_limited', '1'],
  ['cus_server_error', undefined, 503, 'server', '5'],
  ['cus_busy', { status: 503, headers: { 'retry-after': 120 } }, 503, 'server', '120'],
  ['cus_reset', { fault: 'reset_before_status' }, 503, 'network', '5'],
  ['cus_refused', { status: 401 }, 502, 'authentication', null],
  ['cus_html_200', undefined, 502, 'unexpected_response', null],
  ['cus of no such form', undefined, 502, 'validation', null],
];

describe('backends', { concurrency: true }, () => {
  for (const [name, { path, folder, serve }] of Object.entries(BACKENDS)) {
    describe(name, { concurrency: false }, () => {
      const running = sandboxOfThisFile();
      const ids = [];
      let server;

      before(async () => {
        const cwd = await folder();
        const env = environment(running.sandbox, { SESSION_SECRET: SECRET, HOSTNAME: '127.0.0.1' });
        server = await serve({ cwd, env });
      });
      after(() => server?.stop());

      /** Clicks "cancel". The body asks for somebody else's session. */
      const cancel = (cookie, signal) => server.post(path, cookie, { customerId: 'cus_of_somebody_else' }, signal);

      test('only a customer who is signed in gets a session', async () => {
        const forged = `${signedInCookie('cus_1').slice(0, -1)}_`;
        for (const cookie of ['', 'customer=', 'customer=cus_1', forged]) {
          const answer = await cancel(cookie);
          deepStrictEqual([answer.status, await answer.json()], [401, { error: 'sign in first' }]);
        }
        deepStrictEqual(await running.sandbox.requests(), []);
      });

      test('it mints for the customer who is signed in', async () => {
        const answer = await cancel(`theme=dark; ${signedInCookie('cus_1')}`);
        deepStrictEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store']);
        const session = await answer.json();
        deepStrictEqual(Object.keys(session), ['id', 'url']);
        const { kind, customerId } = await running.sandbox.session(session.id);
        deepStrictEqual([kind, customerId], ['retention', 'cus_1']);
        const sent = (await running.sandbox.requests()).map(({ body }) => JSON.parse(body));
        deepStrictEqual(sent, [{ retention: { customer_id: 'cus_1' } }]);
        ids.push(session.id);
      });

      test('it tells failures apart, and no more than the page needs', async () => {
        const fails = async ([customerId, scripted, ...expected]) => {
          if (scripted) await running.sandbox.script(customerId, scripted);
          const answer = await cancel(signedInCookie(customerId));
          const [body, retryAfter] = [await answer.json(), answer.headers.get('retry-after')];
          deepStrictEqual([answer.status, body.error, retryAfter], expected, customerId);
          deepStrictEqual(Object.keys(body), ['error']);
          ok(!JSON.stringify([...answer.headers]).includes(KEY));
        };
        await Promise.all(FAILURES.map(fails));
      });

      test('a customer who leaves ends the call, and one who stays is told when it ends', async () => {
        const { sandbox } = running;
        const requestOf = async (id) => (await sandbox.requests()).find(({ body }) => body.includes(id));
        for (const id of ['cus_stays', 'cus_leaves']) await sandbox.script(id, { fault: 'stall_before_headers' });
        const staying = cancel(signedInCookie('cus_stays'));
        await waitFor(() => requestOf('cus_stays'));
        const leaving = new AbortController();
        const left = cancel(signedInCookie('cus_leaves'), leaving.signal).catch((error) => error.name);
        await waitFor(() => requestOf('cus_leaves'));
        leaving.abort();
        strictEqual(await left, 'AbortError');
        await waitFor(async () => (await requestOf('cus_leaves')).closed);
        ok(!(await requestOf('cus_stays')).closed, 'the timeout would have ended this one first');
        const answer = await staying;
        deepStrictEqual([answer.status, answer.headers.get('retry-after')], [503, '5']);
        deepStrictEqual(await answer.json(), { error: 'timeout' });
      });

      test('what it prints tells what went wrong, and holds no secret', async () => {
        const printed = await server.stop();
        ok(printed.includes('no session was minted: the service answered 429'), printed);
        strictEqual(
          printed.match(/no complete answer within/g).length,
          1,
          'the call of the customer who left is not one',
        );
        ok(!/abort/i.test(printed), printed);
        ok(ids.length > 0);
        for (const secret of [KEY, SECRET, ...ids]) ok(!printed.includes(secret), secret);
      });
    });
  }
});

test('the Next.js example has the same sign-in', () => {
  const [own, others] = ['next/sign-in.mjs', 'sign-in.mjs'].map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));
  strictEqual(own, others);
});
