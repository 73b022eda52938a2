// The docs: every example in them runs, and so do the commands that install the packages.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY, sandboxOfThisFile } from './fixtures.mjs';
import { run, runModule, start } from './programs.mjs';
import { blocksOf, runBlock } from './readme.mjs';
import { application, environment, freshFolder } from './serving.mjs';

const running = sandboxOfThisFile();
const PACKAGE = join(import.meta.dirname, '..');
const ROOT = join(PACKAGE, '../..');
const README = join(PACKAGE, 'README.md');
const TYPES = join(import.meta.dirname, 'node_modules/@renumerate/node/dist');
const EXPLAINED = ['client.d.ts', 'testing.d.ts'];

const BLOCKS = [
  ...blocksOf(README, ['js', 'mjs', 'ts']),
  ...blocksOf(join(ROOT, 'README.md'), ['js', 'mjs', 'ts'], 'Node'),
  ...EXPLAINED.flatMap((name) => blocksOf(join(TYPES, name), ['js'])),
];

for (const block of BLOCKS) {
  test(`${block.name} runs`, async () => {
    const out = await runBlock(block, application(), environment(running.sandbox));
    ok(!out.includes(KEY));
  });
}

test('all doc comments with examples are among them', () => {
  const files = readdirSync(TYPES).filter((name) => name.endsWith('.d.ts'));
  const having = files.filter((name) => readFileSync(join(TYPES, name), 'utf8').includes('```'));
  deepStrictEqual(having.sort(), EXPLAINED);
});

test('Deno needs the permissions that the README says, and Bun none', async () => {
  const cwd = application('quickstart.mjs');
  writeFileSync(join(cwd, 'package.json'), '{}');
  const env = environment(running.sandbox);
  const [, permissions] = /Deno\*\* with `(.+?)`/.exec(readFileSync(README, 'utf8'));
  const deno = (given) => ['deno', 'run', '--no-prompt', ...given, 'quickstart.mjs'];
  const all = permissions.split(' ');
  for (const command of [deno(all), ['bun', 'quickstart.mjs']]) match(await run(command, { cwd, env }), /^ret_/);
  for (const permission of all) {
    const { code, err } = await start(deno(all.filter((one) => one !== permission)), { cwd, env }).ended;
    deepStrictEqual([code, /Requires \w+ access/.test(err)], [1, true], permission);
  }
});

test('the commands of the README install both packages', async () => {
  const APP = freshFolder();
  const env = { APP, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_loglevel: 'error' };
  // `tests/run` has done what these do.
  const done = 'npm() { case $1 in ci | run) ;; *) command npm "$@" ;; esac; }';
  for (const { code } of blocksOf(README, ['sh'])) await run(['bash', '-euc', `${done}\n${code}`], { cwd: ROOT, env });
  const out = await runModule(
    `import { Sandbox } from '@renumerate/node/testing';
    const sandbox = await Sandbox.start({ privateKey: '${KEY}' });
    const { id } = await sandbox.client().createRetentionSession({ customerId: 'cus_1' });
    console.log(id.slice(0, 4));
    await sandbox.stop();`,
    { cwd: APP, env: { PATH: '/nowhere' } },
  );
  strictEqual(out, 'ret_\n');
  match(await run(['npx', 'renumerate', 'demo'], { cwd: APP, env }), /ret_/);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(APP, 'package.json'), 'utf8'));
  deepStrictEqual(
    [Object.keys(dependencies), Object.keys(devDependencies)],
    [['@renumerate/node'], ['@renumerate/sandbox']],
  );
});
