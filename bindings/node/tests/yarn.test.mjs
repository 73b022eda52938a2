// Yarn's Plug'n'Play, which keeps packages in archives: the test of the README runs.

import { match } from 'node:assert';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshFolder } from './applications.mjs';
import { run } from './programs.mjs';
import { blocksOf } from './readme.mjs';

const YARN = join(import.meta.dirname, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
const SETTINGS = `
nodeLinker: pnp
pnpEnableEsmLoader: true
enableNetwork: false
enableGlobalCache: false
enableTelemetry: false
`;

test("test of the README runs with Yarn Plug'n'Play", async () => {
  const cwd = freshFolder();
  const archives = readdirSync(process.env.ARCHIVES).map((name) => join(process.env.ARCHIVES, name));
  const dependencies = Object.fromEntries(
    ['node', 'sandbox'].map((name) => [
      `@renumerate/${name}`,
      `file:${archives.find((path) => path.includes(`renumerate-${name}-`))}`,
    ]),
  );
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, dependencies }));
  writeFileSync(join(cwd, '.yarnrc.yml'), SETTINGS);
  const [{ code }] = blocksOf(join(import.meta.dirname, '../README.md'), ['js'], 'Tests');
  writeFileSync(join(cwd, 'readme.mjs'), code);
  // NODE_TEST_CONTEXT would make the nested test runner report to this one; in CI, Yarn demands an existing lock file.
  const options = { cwd, env: { NODE_TEST_CONTEXT: undefined, YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' } };
  await run([process.execPath, YARN, 'install'], options);
  match(await run([process.execPath, YARN, 'node', 'readme.mjs'], options), /^# pass 1$/m);
});
