// Where the command is, for those who start it themselves: without the hop through Node that `npx` takes.

const { join } = require('node:path');

exports.command = find(process.platform === 'win32' ? 'renumerate.exe' : 'renumerate');

/** In the package of this platform, of which npm installs the one that fits; else here, where it was built on this machine. */
function find(program) {
  try {
    return require.resolve(`@renumerate/sandbox-${process.platform}-${process.arch}/${program}`);
  } catch {
    return join(__dirname, 'native', program);
  }
}
