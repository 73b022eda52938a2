// Installs the package archives into an empty folder and uses them from each module type.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import semver from 'semver';
import { KEY, startSandbox } from './fixtures.mjs';
import { run } from './programs.mjs';

const running = startSandbox();
const archives = readdirSync(process.env.ARCHIVES).map((name) => join(process.env.ARCHIVES, name));
const archive = archives.find((path) => path.includes('renumerate-node-'));
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'renumerate-installed-'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await run(['npm', 'install', '--no-audit', '--no-fund', '--offline', '--loglevel', 'error', ...archives], {
    cwd: folder,
  });
});

after(() => rmSync(folder, { recursive: true }));

function inFolder(command) {
  const { url } = running.sandbox;
  return run(command, { cwd: folder, env: { RENUMERATE_BASE_URL: url, RENUMERATE_PRIVATE_KEY: KEY } });
}

test('package has no dependencies', async () => {
  deepStrictEqual(
    readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['@renumerate'],
  );
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'node_modules/@renumerate/node/package.json'), 'utf8'),
  );
  deepStrictEqual([dependencies, optionalDependencies], [undefined, undefined]);
});

test('package contains code, types and one native file', () => {
  const installed = join(folder, 'node_modules/@renumerate/node');
  deepStrictEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'dist', 'package.json']);
  const files = readdirSync(join(installed, 'dist'));
  strictEqual(files.filter((name) => name.endsWith('.node')).length, 1);
  for (const name of files.filter((name) => name.endsWith('.js')))
    ok(files.includes(name.replace(/js$/, 'd.ts')), name);
});

test('packages and the tools that build them support Node 20', () => {
  const root = join(import.meta.dirname, '../../..');
  for (const project of ['bindings/node', 'bindings/node/tests', 'bindings/node/docs', 'bindings/node/examples/next']) {
    const { packages } = JSON.parse(readFileSync(join(root, project, 'package-lock.json'), 'utf8'));
    // npm omits an optional package that does not support the running Node, without a warning.
    for (const [name, { engines, optional }] of Object.entries(packages))
      ok(
        optional || !engines?.node || semver.intersects(engines.node, '20'),
        `${project}: ${name} requires ${engines?.node}`,
      );
  }
  for (const name of ['node', 'sandbox']) {
    const installed = readFileSync(join(folder, `node_modules/@renumerate/${name}/package.json`), 'utf8');
    deepStrictEqual(JSON.parse(installed).engines, { node: '>=20' });
  }
});

test('package works in an ES module', async () => {
  writeFileSync(
    join(folder, 'module.mjs'),
    `import { Renumerate } from '@renumerate/node';
    const { id } = await new Renumerate().createRetentionSession({ customerId: 'cus_1' });
    console.log(id.slice(0, 4));`,
  );
  strictEqual(await inFolder([process.execPath, 'module.mjs']), 'ret_\n');
});

test('package works in CommonJS', async () => {
  writeFileSync(
    join(folder, 'script.cjs'),
    `const { Renumerate, NotFoundError } = require('@renumerate/node');
    new Renumerate().createSubscriptionSession({ customerId: 'cus_not_found' }).catch((error) => {
      console.log(error instanceof NotFoundError);
    });`,
  );
  strictEqual(await inFolder([process.execPath, 'script.cjs']), 'true\n');
});

const PROGRAM = `
import { NotFoundError, Renumerate, type RetentionSession, type RetentionSessionId } from '@renumerate/node';
import { Sandbox } from '@renumerate/node/testing';

async function main(): Promise<void> {
  const sandbox = await Sandbox.start();
  const renumerate: Renumerate = sandbox.client({ timeout: 5_000 });
  const session: RetentionSession = await renumerate.createRetentionSession({ customerId: 'cus_1' });
  const id: RetentionSessionId = session.id;
  const text: string = id;
  try {
    await renumerate.createSubscriptionSession({ customerEmail: 'john.doe@example.com', customerId: 'cus_not_found' });
  } catch (error) {
    if (error instanceof NotFoundError) console.log(text.slice(0, 4), error.code, error.status, error.attempts.length);
  }
  await sandbox.stop();
}

main();
`;

for (const compiler of ['typescript', 'typescript-5']) {
  for (const extension of ['mts', 'cts']) {
    test(`package works with ${compiler} in a .${extension} file`, async () => {
      writeFileSync(join(folder, `program.${extension}`), PROGRAM);
      const modules = join(import.meta.dirname, 'node_modules');
      const settings = ['--strict', '--target', 'es2022', '--module', 'node16', '--moduleResolution', 'node16'];
      const types = ['--typeRoots', join(modules, '@types'), '--types', 'node'];
      const tsc = join(modules, compiler, 'bin', 'tsc');
      await inFolder([process.execPath, tsc, ...settings, ...types, `program.${extension}`]);
      strictEqual(
        await inFolder([process.execPath, `program.${extension.replace('t', 'j')}`]),
        'ret_ not_found 404 1\n',
      );
    });
  }
}

test('publint reports no problem', async () => {
  match(await run(['publint', archive, '--strict']), /All good!/);
});

test('types resolve in every module mode', async () => {
  match(await run(['attw', archive, '--format', 'ascii', '--no-emoji']), /No problems found/);
});
