// Runs the examples against a sandbox, as programs and servers.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Sandbox } from '@renumerate/node/testing';
import { application, EXAMPLES, environment, freshFolder, startServerOnFreePort } from './applications.mjs';
import { KEY, payloadOf, startSandbox } from './fixtures.mjs';
import { waitFor } from './polling.mjs';
import { run, start } from './programs.mjs';
import { STRICT } from './readme.mjs';

const SECRET = 'signs the cookies of the tests';
process.env.SESSION_SECRET = SECRET;
const { signedInCookie } = await import('../examples/sign-in.mjs');

describe('quickstart.mjs', () => {
  const running = startSandbox();
  const cwd = application('quickstart.mjs');

  async function runQuickstart(args, variables) {
    const env = environment(running.sandbox, variables);
    const { code, out, err } = await start([process.execPath, 'quickstart.mjs', ...args], { cwd, env }).exited;
    ok(!`${out}${err}`.includes(KEY));
    return [code, out, err];
  }

  test('prints the session id', async () => {
    for (const args of [[], ['cus_1']]) {
      const [code, out, err] = await runQuickstart(args);
      deepStrictEqual([code, err], [0, '']);
      const { kind, customerId } = await running.sandbox.session(out.trim());
      deepStrictEqual([kind, customerId], ['retention', args[0] ?? 'cus_NffrFeUfNV2Hib']);
    }
  });

  test('prints errors without keys', async () => {
    deepStrictEqual(await runQuickstart(['cus_not_found']), [1, '', 'there is no customer cus_not_found\n']);
    const [rejectedCode, ...output] = await runQuickstart([], { RENUMERATE_PRIVATE_KEY: 'sk_sandbox_another' });
    strictEqual(rejectedCode, 1);
    match(output.join(''), /^authentication: .* rejected the private key \(.*\) with 401: .*\n$/);
    ok(!output.join('').includes('sk_sandbox_another'));
    const [missingCode, , err] = await runQuickstart([], { RENUMERATE_PRIVATE_KEY: undefined });
    strictEqual(missingCode, 1);
    match(err, /^configuration: .*RENUMERATE_PRIVATE_KEY.*\n$/);
  });
});

/** The route of each backend, and functions that create its folder and start its server. */
const BACKENDS = {
  'express.mjs': {
    path: '/cancel-session',
    folder: () => application('express.mjs', 'sign-in.mjs'),
    startIn: (options) => startServerOnFreePort([process.execPath, 'express.mjs'], options),
  },
  'fastify.mjs': {
    path: '/cancel-session',
    folder: () => application('fastify.mjs', 'sign-in.mjs'),
    startIn: (options) => startServerOnFreePort([process.execPath, 'fastify.mjs'], options),
  },
  next: {
    path: '/api/cancel-session',
    folder: async () => (await buildNext()).standalone,
    startIn: (options) => startServerOnFreePort([process.execPath, 'server.js'], options),
  },
  'next without configuration': {
    path: '/api/cancel-session',
    folder: async () => (await buildNext()).project,
    startIn: startNext,
  },
};

let nextBuilds;

/**
 * Builds the Next.js example twice. Returns the folder of the standalone build, and that of a build without configuration
 * for the package.
 */
function buildNext() {
  nextBuilds ??= buildNextExample();
  return nextBuilds;
}

function startNext(options) {
  const command = [process.execPath, 'node_modules/next/dist/bin/next', 'start', '--hostname', '127.0.0.1'];
  return startServerOnFreePort(command, options);
}

const LAYOUT = 'export default ({ children }) => <html><body>{children}</body></html>;';
/** Uses the server action of the example, and one that returns the session itself. */
const PAGE = `
import { Renumerate } from '@renumerate/node';
import { startCancelFlow } from './actions';

async function returnSession() {
  'use server';
  return new Renumerate().createRetentionSession({ customerId: 'cus_1' });
}

export default () => <form action={startCancelFlow}><button formAction={returnSession} /></form>;
`;

async function buildNextExample() {
  const clone = freshFolder();
  writeFileSync(join(clone, 'package-lock.json'), '{}'); // a clone has one in a parent folder
  const cwd = join(clone, 'next');
  const filter = (path) => !path.endsWith('node_modules') && !path.endsWith('.next'); // exclude local builds
  cpSync(join(EXAMPLES, 'next'), cwd, { recursive: true, filter });
  const [archive] = readdirSync(process.env.ARCHIVES).filter((name) => name.startsWith('renumerate-node-'));
  const options = { cwd, env: { NEXT_TELEMETRY_DISABLED: '1' }, timeout: 600_000 };
  await run(['npm', 'install', '--no-audit', '--no-fund', join(process.env.ARCHIVES, archive)], options);
  await run(['npm', 'run', 'build'], options);
  const standalone = join(freshFolder(), 'standalone');
  renameSync(join(cwd, '.next/standalone'), standalone);
  writeFileSync(join(cwd, 'next.config.mjs'), 'export default { turbopack: { root: import.meta.dirname } };');
  writeFileSync(join(cwd, 'app/layout.jsx'), LAYOUT);
  writeFileSync(join(cwd, 'app/page.jsx'), PAGE);
  await run(['npm', 'run', 'build'], options);
  return { standalone, project: cwd };
}

/** Customer id, script unless the sandbox has one, then the expected status, error code and `retry-after`. */
const FAILURES = [
  ['cus_not_found', undefined, 404, 'not_found', null],
  ['cus_rate_limited', undefined, 503, 'rate_limited', '1'],
  ['cus_server_error', undefined, 503, 'server', '5'],
  ['cus_busy', { status: 503, headers: { 'retry-after': 120 } }, 503, 'server', '120'],
  ['cus_reset', { fault: 'reset_before_status' }, 503, 'network', '5'],
  ['cus_rejected', { status: 401 }, 502, 'authentication', null],
  ['cus_html_200', undefined, 502, 'unexpected_response', null],
  ['cus invalid id', undefined, 502, 'validation', null],
];

describe('backends', { concurrency: true }, () => {
  for (const [name, { path, folder, startIn }] of Object.entries(BACKENDS)) {
    describe(name, { concurrency: false }, () => {
      const running = startSandbox();
      const secrets = [KEY, SECRET];
      let server;

      before(async () => {
        const cwd = await folder();
        const env = environment(running.sandbox, { SESSION_SECRET: SECRET, HOSTNAME: '127.0.0.1' });
        server = await startIn({ cwd, env });
      });
      after(() => server?.stop());

      /** Clicks "cancel". The body requests another customer's session. */
      const cancel = (cookie, signal) => server.post(path, { customerId: 'cus_other' }, { cookie }, signal);

      test('rejects requests without a valid cookie', async () => {
        const forged = `${signedInCookie('cus_1').slice(0, -1)}_`;
        for (const cookie of ['', 'customer=', 'customer=cus_1', forged]) {
          const response = await cancel(cookie);
          deepStrictEqual([response.status, await response.json()], [401, { error: 'sign in first' }]);
        }
        deepStrictEqual(await running.sandbox.requests(), []);
      });

      test('creates a session for the signed-in customer', async () => {
        const response = await cancel(`theme=dark; ${signedInCookie('cus_1')}`);
        deepStrictEqual([response.status, response.headers.get('cache-control')], [200, 'no-store']);
        const session = await response.json();
        deepStrictEqual(Object.keys(session), ['id', 'url']);
        const { kind, customerId } = await running.sandbox.session(session.id);
        deepStrictEqual([kind, customerId], ['retention', 'cus_1']);
        const sent = (await running.sandbox.requests()).map(({ body }) => JSON.parse(body));
        deepStrictEqual(sent, [{ retention: { customer_id: 'cus_1' } }]);
        secrets.push(session.id);
      });

      test('creates a token for the signed-in customer', async () => {
        const requestToken = (cookie) => server.get('/api/renumerate-token?customerId=cus_other', { cookie });
        const anonymous = await requestToken('customer=cus_1');
        deepStrictEqual([anonymous.status, await anonymous.json()], [401, { error: 'sign in first' }]);
        const response = await requestToken(signedInCookie('cus_1'));
        deepStrictEqual([response.status, response.headers.get('cache-control')], [200, 'no-store']);
        const { token, ...others } = await response.json();
        deepStrictEqual(others, {});
        const { brandPub, subscriberId } = payloadOf(token);
        deepStrictEqual([brandPub, subscriberId], [running.sandbox.publicKey, 'cus_1']);
        secrets.push(token);
        const rejected = await requestToken(signedInCookie('cus invalid id'));
        deepStrictEqual([rejected.status, await rejected.json()], [502, { error: 'validation' }]);
      });

      test('maps errors to statuses without details', async () => {
        const checkFailure = async ([customerId, script, ...expected]) => {
          if (script) await running.sandbox.script(customerId, script);
          const response = await cancel(signedInCookie(customerId));
          const [body, retryAfter] = [await response.json(), response.headers.get('retry-after')];
          deepStrictEqual([response.status, body.error, retryAfter], expected, customerId);
          deepStrictEqual(Object.keys(body), ['error']);
          ok(!JSON.stringify([...response.headers]).includes(KEY));
        };
        await Promise.all(FAILURES.map(checkFailure));
      });

      test('aborts the call if the customer disconnects, and otherwise reports the timeout', async () => {
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
        ok(!(await requestOf('cus_stays')).closed, 'the timeout expired before the abort');
        const response = await staying;
        deepStrictEqual([response.status, response.headers.get('retry-after')], [503, '5']);
        deepStrictEqual(await response.json(), { error: 'timeout' });
      });

      test('logs failures without secrets', async () => {
        const output = await server.stop();
        const failures = output.match(/could not create a session or token: .*/g);
        match(failures.join('\n'), /: rate_limited: \S+ \(RENUMERATE_BASE_URL\) answered 429/);
        const codes = failures.map((line) => line.split(': ')[1]).sort();
        deepStrictEqual(codes, ['timeout', 'validation', ...FAILURES.map(([, , , code]) => code)].sort());
        strictEqual(
          output.match(/no complete response from .* within/g).length,
          1,
          'the aborted call was logged as a timeout',
        );
        ok(!/abort/i.test(output), output);
        strictEqual(secrets.length, 4);
        for (const secret of secrets) ok(!output.includes(secret), secret);
      });
    });
  }
});

test('server action creates a session for the signed-in customer', async (t) => {
  const sandbox = await Sandbox.start({ privateKey: KEY });
  t.after(() => sandbox.stop());
  const { project } = await buildNext();
  const { node: actions } = JSON.parse(
    readFileSync(join(project, '.next/server/server-reference-manifest.json'), 'utf8'),
  );
  const server = await startNext({ cwd: project, env: environment(sandbox, { SESSION_SECRET: SECRET }) });
  t.after(() => server.stop());
  const ids = Object.keys(actions);
  const exported = ids.find((id) => actions[id].exportedName === 'startCancelFlow');
  const call = async (id, cookie = '') => (await server.post('/', [], { 'next-action': id, cookie })).text();
  match(await call(exported, signedInCookie('cus_1')), /^1:\{"id":"ret_[^"]+","url":"https:/m);
  match(await call(exported, signedInCookie('cus_not_found')), /^1:\{"error":"not_found"\}/m);
  match(await call(exported), /^1:\{"error":"sign in first"\}/m);
  match(
    await call(ids.find((id) => id !== exported)),
    /^1:E\{/m,
    'React accepts the session itself: change the README',
  );
});

test('test of the function behind the server action passes', async () => {
  const cwd = application('next/cancel-session.mjs', 'next/cancel-session.test.mjs');
  const env = { NODE_TEST_CONTEXT: undefined };
  const out = await run([process.execPath, '--test', '--test-reporter', 'tap', 'next/'], { cwd, env });
  match(out, /^# pass 2$/m);
});

const CHECK_JAVASCRIPT = [...STRICT, '--allowJs', '--checkJs', '--noEmit', '--skipLibCheck'];

test('examples compile as strict TypeScript', async () => {
  const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs'));
  ok(programs.length > 3);
  await run(['tsc', ...CHECK_JAVASCRIPT, ...programs], { cwd: application(...programs) });
});

test('Next.js example compiles as strict TypeScript', async () => {
  const { project: cwd } = await buildNext();
  const files = readdirSync(cwd, { recursive: true }).filter((name) => /^(?!\.next|node_modules).*\.m?js$/.test(name));
  deepStrictEqual(files.length, 8, files.join());
  const typeRoots = join(import.meta.dirname, 'node_modules/@types');
  const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--typeRoots', typeRoots]; // as Next.js sets them
  await run(['tsc', ...CHECK_JAVASCRIPT, ...options, ...files], { cwd });
});

test('the Next.js example has a copy of sign-in.mjs', () => {
  const [copy, original] = ['next/sign-in.mjs', 'sign-in.mjs'].map((name) =>
    readFileSync(join(EXAMPLES, name), 'utf8'),
  );
  strictEqual(copy, original);
});
