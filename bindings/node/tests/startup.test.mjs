// Side effects of loading the package and constructing a client, and platforms on which loading fails.

import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEY, startSandbox } from './fixtures.mjs';
import { run } from './programs.mjs';

const running = startSandbox();
const PACKAGE = join(import.meta.dirname, 'node_modules/@renumerate/node');

/** Runs the code as a CommonJS script in a child process. */
function runScript(code, options) {
  return run([process.execPath, '--eval', code], options);
}

const COUNT = `
  const { readdirSync, readlinkSync } = require('node:fs');
  const link = (fd) => { try { return readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
  const sockets = () => readdirSync('/proc/self/fd').filter((fd) => link(fd).startsWith('socket:'));
  const count = () => [readdirSync('/proc/self/task').length, sockets().length];
`;

test('loading and constructing start no thread and open no socket', async () => {
  const out = await runScript(`${COUNT}
    const before = count();
    const { Renumerate } = require('@renumerate/node');
    const clients = Array.from({ length: 3 }, () => new Renumerate({ privateKey: 'sk_x' }));
    console.log(JSON.stringify([before, count()]));`);
  const [before, after] = JSON.parse(out);
  deepStrictEqual(after, before);
});

test('all clients share one thread, started by the first call', async () => {
  const options = { env: { RENUMERATE_BASE_URL: running.sandbox.url, RENUMERATE_PRIVATE_KEY: KEY } };
  const out = await runScript(
    `${COUNT}
    const { Renumerate } = require('@renumerate/node');
    const clients = Array.from({ length: 3 }, () => new Renumerate());
    const before = count()[0];
    const call = (client) => client.createRetentionSession({ customerId: 'cus_1' });
    const calls = clients.flatMap((client) => Array.from({ length: 20 }, () => call(client)));
    Promise.all(calls).then(() => console.log(count()[0] - before));`,
    options,
  );
  strictEqual(out, '1\n');
});

test('loading imports no Node network modules and no test kit', async () => {
  const out = await runScript(`
    const before = new Set(process.moduleLoadList);
    require('@renumerate/node');
    const added = process.moduleLoadList.filter((name) => !before.has(name));
    const builtin = added.map((name) => name.replace('NativeModule ', ''));
    console.log(JSON.stringify([builtin, Object.keys(require.cache).map((path) => path.split('/').at(-1))]));`);
  const [builtin, files] = JSON.parse(out);
  for (const name of ['http', 'https', 'net', 'tls', 'crypto', 'child_process', 'stream', 'dns']) {
    ok(!builtin.includes(name), `${name} was loaded`);
  }
  deepStrictEqual(
    files.filter((file) => !file.endsWith('.node')),
    ['index.js'],
  );
});

// Rules: S1
test('key is read on each call until one is found', async () => {
  const out = await runScript(
    `const { inspect } = require('node:util');
    const { Renumerate } = require('@renumerate/node');
    const client = new Renumerate();
    console.log(inspect(client));
    (async () => {
      for (const key of ['', undefined]) {
        if (key !== undefined) process.env.RENUMERATE_PRIVATE_KEY = key;
        const call = client.createRetentionSession({ customerId: 'cus_1' });
        await call.catch(({ name, field, message }) => console.log(name, field, message));
      }
      process.env.RENUMERATE_PRIVATE_KEY = '${KEY}';
      console.log((await client.createRetentionSession({ customerId: 'cus_1' })).id.slice(0, 4));
      process.env.RENUMERATE_PRIVATE_KEY = 'another';
      console.log((await client.createRetentionSession({ customerId: 'cus_1' })).id.slice(0, 4));
      try { new Renumerate({ privateKey: 'with space' }); }
      catch ({ field }) { console.log('rejected by constructor:', field); }
    })();`,
    { env: { RENUMERATE_BASE_URL: running.sandbox.url, RENUMERATE_PRIVATE_KEY: '' } },
  );
  const lines = out.trim().split('\n');
  strictEqual(lines[0], 'Renumerate { without a key so far }');
  for (const line of lines.slice(1, 3))
    match(line, /^RenumerateConfigurationError privateKey .*RENUMERATE_PRIVATE_KEY.*privateKey/);
  deepStrictEqual(lines.slice(3), ['ret_', 'ret_', 'rejected by constructor: privateKey']);
});

test('loading fails in a browser but not with a window global', async () => {
  const messages = await runScript(`
    const realProcess = globalThis.process;
    for (const fake of [undefined, { versions: {} }, { env: {} }]) {
      globalThis.process = fake;
      try { require('@renumerate/node'); } catch (error) { realProcess.stdout.write(error.message + '\\n'); }
    }`);
  const lines = messages.trim().split('\n');
  strictEqual(lines.length, 3);
  for (const line of lines) match(line, /runs on servers only, .*; in a browser, use @renumerate\/js/);
  const loaded = await runScript(`
    globalThis.window = globalThis;
    globalThis.document = {};
    console.log(typeof require('@renumerate/node').Renumerate);`);
  strictEqual(loaded, 'function\n');
});

/** Mapped files of a process, and the C library of the native library to load. `undefined`: the real files. */
const MAPPED_FILES = [
  [undefined, 'gnu'],
  [['/usr/lib/x86_64-linux-gnu/libc.so.6'], 'gnu'],
  [['/lib64/libc-2.17.so'], 'gnu'],
  [['/lib/ld-musl-x86_64.so.1', '/lib/libgcompat.so.0'], 'musl'],
  [['/usr/lib/libc.so'], 'musl'],
];

test('native library is chosen by the C library of the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-libc-'));
  try {
    for (const file of ['package.json', 'dist/index.js']) cpSync(join(PACKAGE, file), join(folder, file));
    for (const libc of ['gnu', 'musl']) {
      const library = join(folder, `node_modules/@renumerate/node-linux-${process.arch}-${libc}`);
      mkdirSync(library, { recursive: true });
      writeFileSync(join(library, 'index.js'), `console.log('${libc}'); exports.Calls = class {};`);
    }
    for (const [files, expected] of MAPPED_FILES) {
      const text = JSON.stringify(files?.map((file) => `7f0000-7f1000 r-xp 00000000 08:01 7 ${file}\n`).join(''));
      const replace = `
        const fs = require('node:fs');
        const { readFileSync } = fs;
        fs.readFileSync = (path, ...others) => path === '/proc/self/maps' ? ${text} : readFileSync(path, ...others);`;
      const out = await runScript(`${files ? replace : ''} require(${JSON.stringify(folder)});`);
      strictEqual(out, `${expected}\n`, files?.join());
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('missing or broken native file is reported with remedy, platform and file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'renumerate-load-'));
  try {
    cpSync(PACKAGE, folder, { recursive: true });
    const name = `${process.platform}-${process.arch}-gnu`;
    const file = `renumerate.${name}.node`;
    const load = async (prepare = '') => {
      const out = await runScript(
        `${prepare} try { require(${JSON.stringify(folder)}); } catch ({ message }) { console.log(message); }`,
      );
      strictEqual(out.match(/\n/g).length, 1, out);
      return out.trimEnd();
    };
    const install =
      '@renumerate/node cannot load its native library; run "npm install" on this machine, without --omit=optional; ' +
      'in a clone, run "npm run build"; in a bundle, add the condition "module" or mark the package as external';
    const { glibcVersionRuntime } = process.report.getReport().header;
    const platform = `platform: ${process.platform} ${process.arch} glibc ${glibcVersionRuntime}`;
    const searched = `(${platform}, searched from ${folder}/dist; @renumerate/node-${name}: not installed`;

    writeFileSync(join(folder, 'dist', file), 'no library');
    const broken = await load();
    ok(broken.startsWith(`${install} ${searched}; ./${file}: does not load, `), broken);
    match(broken, /(too short|invalid ELF).*\)$/);
    rmSync(join(folder, 'dist', file));
    strictEqual(await load(), `${install} ${searched}; ./${file}: not installed)`);

    // The error of the loader in a folder that is mounted noexec, which a test without privileges cannot mount.
    const noexec = `
      require('node:module')._extensions['.node'] = (_, path) => {
        throw new Error(path + ': failed to map segment from shared object');
      };`;
    writeFileSync(join(folder, 'dist', file), 'no library');
    match(
      await load(noexec),
      /^@renumerate\/node cannot load its native library; move node_modules to a folder that is not mounted noexec \(/,
    );

    const unsupported = await load(`Object.defineProperty(process, 'arch', { value: 'riscv64' });`);
    match(unsupported, /no native library for linux riscv64 glibc .*; run it on another platform, or ask for this one/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
