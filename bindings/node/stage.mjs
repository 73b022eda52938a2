// Lays out the packages as they are published: `stage.mjs FOLDER NATIVES [TARGET=COMMAND...]`. What is native is in a package
// for each platform, of which npm installs the one that fits: the others depend on all of them, optionally.

import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const [folder, natives, ...commands] = process.argv.slice(2);
const here = import.meta.dirname;
const targets = readJson(join(here, '../../packages/targets.json'));
const own = ['name', 'version', 'homepage', 'repository', 'license', 'author', 'engines'];

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** A package's folder with these files in it, by their names there. */
function stage(manifest, files) {
  const staged = join(folder, basename(manifest.name));
  mkdirSync(staged, { recursive: true });
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [name, from] of Object.entries(files)) cpSync(from, join(staged, name), { recursive: true, filter });
  return staged;
}

/** What was built into the sources' folder for this machine alone stays there. */
function filter(path) {
  return !path.endsWith('.node') || path.startsWith(resolve(natives));
}

/** Of a package for one platform, by what it is for and what is in it. */
function platformManifest(main, suffix, { os, cpu, libc }, file, description) {
  const common = Object.fromEntries(own.filter((key) => key in main).map((key) => [key, main[key]]));
  const manifest = { ...common, name: `${main.name}-${suffix}`, description, os: [os], cpu: [cpu], files: [file] };
  return libc === undefined ? manifest : { ...manifest, libc: [libc] };
}

/** The package that users name, which depends on those of the platforms by exactly its own version. */
function mainManifest(main, prefix, suffixes) {
  const { scripts, devDependencies, overrides, napi, ...published } = main;
  const optionalDependencies = Object.fromEntries(suffixes.map((suffix) => [`${prefix}-${suffix}`, main.version]));
  return { ...published, optionalDependencies };
}

function readme(name, main) {
  return `# ${name}\n\nThe native part of [${main}](https://www.npmjs.com/package/${main}) for one platform. npm installs it with that.\n`;
}

function stagePlatform(manifest, main, file, from) {
  const staged = stage(manifest, { [file]: from, LICENSE: join(here, 'LICENSE') });
  writeFileSync(join(staged, 'README.md'), readme(manifest.name, main.name));
  return staged;
}

const client = readJson(join(here, 'package.json'));
const sandbox = readJson(join(here, 'sandbox/package.json'));

const platforms = Object.values(targets).map(({ node }) => node);
stage(
  mainManifest(
    client,
    '@renumerate/node',
    platforms.map(({ name }) => name),
  ),
  {
    dist: join(here, 'dist'),
    'README.md': join(here, 'README.md'),
    LICENSE: join(here, 'LICENSE'),
  },
);
for (const platform of platforms) {
  const file = `renumerate.${platform.name}.node`;
  if (!existsSync(join(natives, file))) continue; // not among those asked for
  const description = `The native library of ${client.name} for ${platform.name}`;
  const manifest = platformManifest(client, platform.name, platform, file, description);
  stagePlatform({ ...manifest, main: file }, client, file, join(natives, file));
}

const suffixes = Object.values(targets).flatMap(({ command }) => command?.node ?? []);
stage(mainManifest(sandbox, '@renumerate/sandbox', suffixes), {
  ...Object.fromEntries(
    ['index.js', 'index.d.ts', 'renumerate.js', 'README.md', 'LICENSE'].map((name) => [
      name,
      join(here, 'sandbox', name),
    ]),
  ),
});
for (const [target, command] of commands.map((each) => each.split('='))) {
  const {
    node,
    command: { node: suffix },
  } = targets[target];
  const file = basename(command);
  // One program serves every C library.
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
