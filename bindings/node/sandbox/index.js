// Path of the `renumerate` command, for callers that start it directly. `npx` would add another Node process.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

exports.command = find(process.platform === 'win32' ? 'renumerate.exe' : 'renumerate');

/** Finds the command in the optional dependency for this platform, or in `native`, the output of a local build. */
function find(program) {
  const platform = `${process.platform}-${process.arch}`;
  const dependency = `@renumerate/sandbox-${platform}`;
  try {
    return require.resolve(`${dependency}/${program}`);
  } catch {
    const built = join(__dirname, 'native', program);
    if (existsSync(built)) return built;
  }
  const { optionalDependencies = {} } = require('./package.json');
  throw new Error(
    dependency in optionalDependencies
      ? `the package ${dependency} is not installed; run "npm install" on this machine, without --omit=optional`
      : `the command renumerate for ${platform} does not exist; run "npm run build" in bindings/node/sandbox of a clone`,
  );
}
