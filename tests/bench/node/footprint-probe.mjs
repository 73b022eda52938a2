// Counts this process's threads and its resident memory while a contender comes up: run with its name and a URL, in a
// process of its own. Writes a line of JSON: for each stage its threads and its bytes.

import { readdirSync } from 'node:fs';

import { CONTENDERS } from './contenders.mjs';

const stages = {};

function note(stage) {
  stages[stage] = { threads: readdirSync('/proc/self/task').length, memory: process.memoryUsage.rss() };
}

const [contender, url] = process.argv.slice(2);
const { load, start } = CONTENDERS[contender];
note('before');
const library = await load();
note('imported');
const call = await start(library, url, 1);
note('constructed');
await call();
note('called');
console.log(JSON.stringify(stages));
process.exit();
