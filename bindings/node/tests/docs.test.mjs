// Runs the examples and the installation commands of the docs.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { application, environment, freshFolder } from './applications.mjs';
import { KEY, startSandbox } from './fixtures.mjs';
import { run, runModule, start } from './programs.mjs';
import { blocksOf, runBlock } from './readme.mjs';

const running = startSandbox();
const PACKAGE = join(import.meta.dirname, '..');
const ROOT = join(PACKAGE, '../..');
const README = join(PACKAGE, 'README.md');
const TYPES = join(import.meta.dirname, 'node_modules/@renumerate/node/dist');
const FILES_WITH_EXAMPLES = ['client.d.ts', 'testing.d.ts'];

const BLOCKS = [
  ...blocksOf(README, ['js', 'mjs', 'ts']),
  ...blocksOf(join(ROOT, 'README.md'), ['js', 'mjs', 'ts'], 'Node'),
  ...FILES_WITH_EXAMPLES.flatMap((name) => blocksOf(join(TYPES, name), ['js'])),
];

for (const block of BLOCKS) {
  test(`${block.name} runs`, async () => {
    const out = await runBlock(block, application(), environment(running.sandbox));
    ok(!out.includes(KEY));
  });
}

test('every file with examples in doc comments is tested', () => {
  const files = readdirSync(TYPES).filter((name) => name.endsWith('.d.ts'));
  const withExamples = files.filter((name) => readFileSync(join(TYPES, name), 'utf8').includes('```'));
  deepStrictEqual(withExamples.sort(), FILES_WITH_EXAMPLES);
});

test('Deno requires exactly the permissions in the README, and Bun requires none', async () => {
  const cwd = application('quickstart.mjs');
  writeFileSync(join(cwd, 'package.json'), '{}');
  const env = environment(running.sandbox);
  const [, permissions] = /Deno\*\* with `(.+?)`/.exec(readFileSync(README, 'utf8'));
  const deno = (flags) => ['deno', 'run', '--no-prompt', ...flags, 'quickstart.mjs'];
  const all = permissions.split(' ');
  for (const command of [deno(all), ['bun', 'quickstart.mjs']]) match(await run(command, { cwd, env }), /^ret_/);
  for (const permission of all) {
    const { code, err } = await start(deno(all.filter((other) => other !== permission)), { cwd, env }).exited;
    deepStrictEqual([code, /Requires \w+ access/.test(err)], [1, true], permission);
  }
});

/** Runs the commands of a README in one shell in the clone, except builds. Returns the home folder and the output. */
async function runCommands(readme) {
  const HOME = freshFolder();
  const env = { HOME, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_loglevel: 'error' };
  // `tests/run` has already run these commands.
  const skipBuild = 'npm() { case $1 in ci | run) ;; *) command npm "$@" ;; esac; }';
  const commands = blocksOf(readme, ['sh']).map(({ code }) => code);
  const out = await run(['bash', '-euc', [skipBuild, ...commands].join('\n')], { cwd: ROOT, env });
  return { HOME, out };
}

test('README commands install both packages', async () => {
  const { HOME } = await runCommands(README);
  const cwd = join(HOME, 'shop');
  const out = await runModule(
    `import { Sandbox } from '@renumerate/node/testing';
    const sandbox = await Sandbox.start({ privateKey: '${KEY}' });
    const { id } = await sandbox.client().createRetentionSession({ customerId: 'cus_1' });
    console.log(id.slice(0, 4));
    await sandbox.stop();`,
    { cwd, env: { PATH: '/nowhere' } },
  );
  strictEqual(out, 'ret_\n');
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  deepStrictEqual(
    [Object.keys(dependencies), Object.keys(devDependencies)],
    [['@renumerate/node'], ['@renumerate/sandbox']],
  );
});

test('sandbox README commands install and run the command', async () => {
  match((await runCommands(join(PACKAGE, 'sandbox/README.md'))).out, /ret_/);
});
