#!/usr/bin/env node
// Starts the command, for `npx renumerate`.

const { spawn } = require('node:child_process');
const { command } = require('./index.js');

const child = spawn(command, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  const missing = `there is no command for ${process.platform} ${process.arch}: install @renumerate/sandbox with its optional dependencies`;
  console.error(`renumerate: ${error.code === 'ENOENT' ? missing : error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 1;
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
});
