// Where the command is, for those who start it themselves: without the hop through Node that `npx` takes.

const { join } = require('node:path');

exports.command = join(__dirname, 'native', process.platform === 'win32' ? 'renumerate.exe' : 'renumerate');
