// Creates the folders of the npm packages to publish: `stage.mjs FOLDER NATIVES [TARGET=COMMAND...]`. FOLDER receives
// the packages. NATIVES contains the native libraries. COMMAND is the `renumerate` command for a Rust target.
//
// Native files are in separate packages, one per platform. They are optional dependencies of a main package, and npm
// installs only the one for the user's platform.

import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [folder, natives, ...commands] = process.argv.slice(2);
const packageFolder = import.meta.dirname;
const targets = readJson(join(packageFolder, '../../packages/targets.json'));

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Creates the folder of a package, with copies of the files, and returns its path. */
function stage(manifest, files) {
  const staged = join(folder, basename(manifest.name));
  mkdirSync(staged, { recursive: true });
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of files) cpSync(file, join(staged, basename(file)), { recursive: true });
  return staged;
}

/** Stages a main package, which depends on the platform packages of exactly the same version. Returns its manifest. */
function stageMain(source, files, suffixes) {
  const main = readJson(join(source, 'package.json'));
  const { scripts, devDependencies, overrides, napi, ...published } = main;
  const optionalDependencies = Object.fromEntries(suffixes.map((suffix) => [`${main.name}-${suffix}`, main.version]));
  stage(
    { ...published, optionalDependencies },
    [...files, 'README.md', 'LICENSE'].map((name) => join(source, name)),
  );
  return main;
}

/** Stages the package with the native file for one platform. `fields` are the fields of its manifest. */
function stagePlatform(main, suffix, native, fields) {
  const { version, homepage, repository, license, author, engines, preferUnplugged } = main;
  const name = `${main.name}-${suffix}`;
  const shared = { name, version, homepage, repository, license, author, engines, preferUnplugged };
  const staged = stage({ ...shared, ...fields, files: [basename(native)] }, [native, join(packageFolder, 'LICENSE')]);
  const url = `https://www.npmjs.com/package/${main.name}`;
  const text = `The native part of [${main.name}](${url}) for one platform. npm installs it as a dependency.`;
  writeFileSync(join(staged, 'README.md'), `# ${name}\n\n${text}\n`);
  return staged;
}

const platforms = Object.values(targets).map(({ node }) => node);
const client = stageMain(
  packageFolder,
  ['dist'],
  platforms.map(({ name }) => name),
);
for (const { name, os, cpu, libc } of platforms) {
  const native = join(natives, `renumerate.${name}.node`);
  if (!existsSync(native)) continue; // not built for this platform
  stagePlatform(client, name, native, {
    description: `The native library of ${client.name} for ${name}`,
    os: [os],
    cpu: [cpu],
    libc: libc && [libc],
    main: basename(native),
  });
}

const sandbox = stageMain(
  join(packageFolder, 'sandbox'),
  ['index.js', 'index.d.ts', 'renumerate.js'],
  Object.values(targets).flatMap(({ command }) => command?.node ?? []),
);
for (const [target, native] of commands.map((argument) => argument.split('='))) {
  const { node, command } = targets[target];
  // `libc` is omitted, because the command for Linux is linked statically and runs with any C library.
  const staged = stagePlatform(sandbox, command.node, native, {
    description: `The renumerate command for ${command.node}`,
    os: [node.os],
    cpu: [node.cpu],
  });
  chmodSync(join(staged, basename(native)), 0o755);
}
