#!/usr/bin/env node
// Starts the command, for `npx renumerate`.

const { spawn } = require('node:child_process');

try {
  start(require('./index.js').command);
} catch (error) {
  fail(error.message);
}

function start(command) {
  const child = spawn(command, process.argv.slice(2), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', ({ code }) => {
    const allow = `run "chmod +x ${command}", or move it to a folder that is not mounted noexec`;
    fail(`the command ${command} cannot be executed: ${code}; ${allow}`);
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

function fail(problem) {
  console.error(`renumerate: ${problem}`);
  process.exitCode = 1;
}
