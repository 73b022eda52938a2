// Bundled applications: bundlers need no configuration, and the bundle loads the installed package.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeFileTrace } from '@vercel/nft';
import { application, environment, freshFolder } from './applications.mjs';
import { BUNDLERS, bundleWithEsbuild } from './bundlers.mjs';
import { startSandbox } from './fixtures.mjs';
import { run, start } from './programs.mjs';

const running = startSandbox();
const PACKAGE = join(import.meta.dirname, 'node_modules/@renumerate/node');
const EXTENSIONS = { esm: 'mjs', cjs: 'cjs' };
const MAIN = `
const client = new Renumerate();
const session = client.createRetentionSession({ customerId: 'cus_1' });
const failure = client.createRetentionSession({ customerId: 'cus_not_found' }).catch((error) => error);
Promise.all([session, failure]).then(([{ id }, error]) => {
  console.log(id.slice(0, 4), error instanceof NotFoundError, error.code);
});
`;
const OUTPUT = 'ret_ true not_found\n';
const SOURCES = {
  'imports.mjs': `import { NotFoundError, Renumerate } from '@renumerate/node';${MAIN}`,
  'requires.cjs': `const { NotFoundError, Renumerate } = require('@renumerate/node');${MAIN}`,
};

/** Creates an application in a folder, which gets a copy of the package, and returns the folder. */
function createApplication() {
  const folder = freshFolder();
  cpSync(PACKAGE, join(folder, 'node_modules/@renumerate/node'), { recursive: true });
  for (const [name, source] of Object.entries(SOURCES)) writeFileSync(join(folder, name), source);
  return folder;
}

/**
 * Moves the bundles to another folder, as a deployment does, and removes the package from the folder of the application.
 * Checks that the bundles need the installed package, and that they run with it.
 */
async function checkDeployed(folder, bundles) {
  renameSync(join(folder, 'node_modules'), join(folder, 'removed'));
  const cwd = freshFolder();
  renameSync(join(folder, 'bundles'), join(cwd, 'bundles'));
  const options = { cwd, env: environment(running.sandbox) };
  for (const bundle of bundles) {
    const { err } = await start([process.execPath, bundle], options).exited;
    match(err, /@renumerate\/node is not installed where this bundle runs/);
  }
  mkdirSync(join(cwd, 'node_modules/@renumerate'), { recursive: true });
  symlinkSync(PACKAGE, join(cwd, 'node_modules/@renumerate/node'));
  for (const bundle of bundles) strictEqual(await run([process.execPath, bundle], options), OUTPUT, bundle);
}

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  test(`${name} bundles an application without configuration`, async () => {
    const folder = createApplication();
    const bundles = [];
    for (const source of Object.keys(SOURCES)) {
      for (const [format, extension] of Object.entries(EXTENSIONS)) {
        const path = join('bundles', `${source}.${extension}`);
        deepStrictEqual(await bundle(join(folder, source), join(folder, path), format), [], `warnings for ${path}`);
        bundles.push(path);
      }
    }
    await checkDeployed(folder, bundles);
  });
}

test('Bun bundles an application with the native library', async () => {
  const folder = createApplication();
  const build = ['bun', 'build', '--target=node', '--outdir=bundles', '--entry-naming=[name].mjs', 'imports.mjs'];
  await run(build, { cwd: folder });
  renameSync(join(folder, 'node_modules'), join(folder, 'removed'));
  const options = { cwd: folder, env: environment(running.sandbox) };
  for (const runtime of [process.execPath, 'bun'])
    strictEqual(await run([runtime, 'bundles/imports.mjs'], options), OUTPUT);
});

// esbuild ignores the condition `module` if an application sets other conditions, and then bundles the CommonJS code.
test('bundle of the CommonJS code reports the missing native library', async () => {
  const folder = createApplication();
  const output = join(folder, 'bundles/bundle.mjs');
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  const options = { conditions: ['production'], external: ['*.node'], banner };
  deepStrictEqual(await bundleWithEsbuild(join(folder, 'requires.cjs'), output, 'esm', options), []);
  const { err } = await start([process.execPath, output]).exited;
  match(err, /Error: @renumerate\/node cannot load its native library; /);
});

// Nitro, the server of Nuxt, bundles an application with the entry point for bundlers as an external file, and copies the
// files that it finds from there. The copy is then imported by its name.
test('file tracers find the package and its native library', async () => {
  const folder = createApplication();
  const installed = 'node_modules/@renumerate/node/dist';
  const tracedFrom = async (entry) => [...(await nodeFileTrace([join(folder, entry)], { base: folder })).fileList];
  for (const entry of [...Object.keys(SOURCES), `${installed}/bundler/index.mjs`, `${installed}/bundler/testing.mjs`]) {
    const traced = await tracedFrom(entry);
    ok(traced.includes(`${installed}/index.js`) && traced.some((path) => path.endsWith('.node')), traced.join());
  }
  ok((await tracedFrom(`${installed}/bundler/index.mjs`)).includes(`${installed}/index.mjs`));
  ok((await tracedFrom(`${installed}/bundler/testing.mjs`)).includes(`${installed}/testing.mjs`));
});

test('bundled tests share the classes of the test kit', async () => {
  const cwd = application();
  writeFileSync(
    join(cwd, 'entry.mjs'),
    `import { Renumerate } from '@renumerate/node';
    import { Sandbox } from '@renumerate/node/testing';
    Sandbox.start().then(async (sandbox) => {
      console.log(sandbox.client() instanceof Renumerate, (await sandbox.requests()).length);
      await sandbox.stop();
    });`,
  );
  await bundleWithEsbuild(join(cwd, 'entry.mjs'), join(cwd, 'bundle.mjs'), 'esm');
  strictEqual(await run([process.execPath, 'bundle.mjs'], { cwd }), 'true 0\n');
});
