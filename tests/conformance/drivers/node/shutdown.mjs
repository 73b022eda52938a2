// Ends of this process that are hard on a native library: its first argument says which one.

import { scenarios } from './shutdown-scenarios.mjs';

const [wanted] = process.argv.slice(2);
if (wanted === '--list') {
  for (const name of Object.keys(scenarios)) console.log(name);
} else if (Object.hasOwn(scenarios, wanted)) {
  await scenarios[wanted]();
} else {
  console.error(`there is no scenario ${wanted}: see --list`);
  process.exitCode = 2;
}
