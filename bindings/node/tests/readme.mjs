// Runs the code blocks of Markdown files and doc comments.

import { strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './programs.mjs';

/** Options of `tsc` for strict checks of programs that run in Node. */
export const STRICT = '--strict --module nodenext --target es2022 --lib es2022,esnext.disposable --types node'.split(
  ' ',
);

/**
 * Returns the fenced blocks of these languages in a Markdown file or in TypeScript doc comments. With `section`, only
 * the blocks of that section. Fails if there is none: a test of no blocks would pass.
 */
export function blocksOf(path, languages, section) {
  const blocks = [];
  let [heading, block] = [];
  for (const [at, line] of linesOf(path).entries()) {
    const [, language] = /^```(\w*)$/.exec(line) ?? [];
    if (block && language === '') {
      blocks.push(block);
      block = undefined;
    } else if (block) block.code += `${line}\n`;
    else if (language) block = { name: `${relative('.', path)}:${at + 2}`, line: at + 2, language, heading, code: '' };
    else if (line.startsWith('## ')) heading = line.slice(3);
  }
  const selected = blocks.filter(
    ({ language, heading }) => languages.includes(language) && (!section || heading === section),
  );
  if (selected.length === 0) throw new Error(`${path} has no ${languages.join(' or ')} block`);
  return selected;
}

function linesOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return path.endsWith('.ts') ? lines.map((line) => line.replace(/^ *\* ?/, '')) : lines;
}

/** Runs a block in the folder, with the test runner if it defines tests, and returns its output. */
export async function runBlock({ line, language, code }, cwd, env) {
  const program = `line-${line}${language === 'ts' || !code.includes('require(') ? '.mjs' : '.cjs'}`;
  const source = language === 'ts' ? program.replace('.mjs', '.mts') : program;
  // Leading blank lines make stack traces show the line numbers of the Markdown file.
  writeFileSync(join(cwd, source), '\n'.repeat(line - 1) + code);
  if (language === 'ts') await compile(source, cwd);
  if (!code.includes("from 'node:test'")) return run([process.execPath, program], { cwd, env });
  const out = await run([process.execPath, '--test', '--test-reporter', 'tap', program], { cwd, env });
  strictEqual(/^# pass (\d+)$/m.exec(out)?.[1], '1', out);
  return out;
}

/** Checks the types and compiles the file to JavaScript in the same folder. */
function compile(source, cwd) {
  return run(['tsc', ...STRICT, '--noEmitOnError', source], { cwd });
}
