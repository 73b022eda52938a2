// Creates the folders of the npm packages to publish: `stage.mjs FOLDER NATIVES [TARGET=COMMAND...]`. FOLDER receives
// the packages. NATIVES contains the native libraries. COMMAND is the `renumerate` command for a Rust target.
//
// Native files are in separate packages, one per platform. They are optional dependencies of a main package, and npm
// installs only the one for the user's platform.

import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const [folder, natives, ...commands] = process.argv.slice(2);
const packageFolder = import.meta.dirname;
const targets = readJson(join(packageFolder, '../../packages/targets.json'));
const sharedFields = ['name', 'version', 'homepage', 'repository', 'license', 'author', 'engines'];

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Creates the folder of a package and returns its path. `files` maps each name in the package to the path to copy. */
function stage(manifest, files) {
  const staged = join(folder, basename(manifest.name));
  mkdirSync(staged, { recursive: true });
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [name, from] of Object.entries(files)) cpSync(from, join(staged, name), { recursive: true, filter });
  return staged;
}

/** Returns whether to copy a file. Excludes native libraries that a local build has left in other folders. */
function filter(path) {
  return !path.endsWith('.node') || path.startsWith(resolve(natives));
}

/** Returns the manifest of the package for one platform. */
function platformManifest(main, suffix, { os, cpu, libc }, file, description) {
  const common = Object.fromEntries(sharedFields.filter((key) => key in main).map((key) => [key, main[key]]));
  const manifest = { ...common, name: `${main.name}-${suffix}`, description, os: [os], cpu: [cpu], files: [file] };
  return libc === undefined ? manifest : { ...manifest, libc: [libc] };
}

/** Returns the manifest of a main package, which depends on the platform packages of exactly the same version. */
function mainManifest(main, prefix, suffixes) {
  const { scripts, devDependencies, overrides, napi, ...published } = main;
  const optionalDependencies = Object.fromEntries(suffixes.map((suffix) => [`${prefix}-${suffix}`, main.version]));
  return { ...published, optionalDependencies };
}

function readme(name, main) {
  return `# ${name}\n\nThe native part of [${main}](https://www.npmjs.com/package/${main}) for one platform. npm installs it as a dependency.\n`;
}

function stagePlatform(manifest, main, file, from) {
  const staged = stage(manifest, { [file]: from, LICENSE: join(packageFolder, 'LICENSE') });
  writeFileSync(join(staged, 'README.md'), readme(manifest.name, main.name));
  return staged;
}

const client = readJson(join(packageFolder, 'package.json'));
const sandbox = readJson(join(packageFolder, 'sandbox/package.json'));

const platforms = Object.values(targets).map(({ node }) => node);
stage(
  mainManifest(
    client,
    '@renumerate/node',
    platforms.map(({ name }) => name),
  ),
  {
    dist: join(packageFolder, 'dist'),
    'README.md': join(packageFolder, 'README.md'),
    LICENSE: join(packageFolder, 'LICENSE'),
  },
);
for (const platform of platforms) {
  const file = `renumerate.${platform.name}.node`;
  if (!existsSync(join(natives, file))) continue; // not built for this platform
  const description = `The native library of ${client.name} for ${platform.name}`;
  const manifest = platformManifest(client, platform.name, platform, file, description);
  stagePlatform({ ...manifest, main: file }, client, file, join(natives, file));
}

const suffixes = Object.values(targets).flatMap(({ command }) => command?.node ?? []);
stage(mainManifest(sandbox, '@renumerate/sandbox', suffixes), {
  ...Object.fromEntries(
    ['index.js', 'index.d.ts', 'renumerate.js', 'README.md', 'LICENSE'].map((name) => [
      name,
      join(packageFolder, 'sandbox', name),
    ]),
  ),
});
for (const [target, command] of commands.map((each) => each.split('='))) {
  const {
    node,
    command: { node: suffix },
  } = targets[target];
  const file = basename(command);
  // `libc` is omitted, because the command for Linux is linked statically and runs with any C library.
  const manifest = platformManifest(
    sandbox,
    suffix,
    { os: node.os, cpu: node.cpu },
    file,
    `The renumerate command for ${suffix}`,
  );
  const staged = stagePlatform(manifest, sandbox, file, command);
  chmodSync(join(staged, file), 0o755);
}
