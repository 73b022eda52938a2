// Runs the shutdown scenario that the argument names, or prints all names with `--list`.

import { scenarios } from './shutdown-scenarios.mjs';

const [name] = process.argv.slice(2);
if (name === '--list') {
  for (const scenario of Object.keys(scenarios)) console.log(scenario);
} else if (Object.hasOwn(scenarios, name)) {
  await scenarios[name]();
} else {
  console.error(`unknown scenario ${name}: see --list`);
  process.exitCode = 2;
}
