// Path of the `renumerate` command, for callers that start it directly. `npx` would add another Node process.

const { join } = require('node:path');

exports.command = find(process.platform === 'win32' ? 'renumerate.exe' : 'renumerate');

/** Finds the command in the optional dependency for this platform, or in `native`, the output of a local build. */
function find(program) {
  try {
    return require.resolve(`@renumerate/sandbox-${process.platform}-${process.arch}/${program}`);
  } catch {
    return join(__dirname, 'native', program);
  }
}
