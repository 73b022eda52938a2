// The code of Markdown, run as it stands, so that it cannot rot.

import { strictEqual } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './programs.mjs';

/**
 * The fenced blocks of these languages in a Markdown file, or in the doc comments of a TypeScript one; of one section,
 * where it is named. It fails where there is none: a test of none would pass.
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
  const wanted = blocks.filter(
    ({ language, heading }) => languages.includes(language) && (!section || heading === section),
  );
  if (wanted.length === 0) throw new Error(`${path} has no block of ${languages.join(' or ')}`);
  return wanted;
}

function linesOf(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  return path.endsWith('.ts') ? lines.map((line) => line.replace(/^ *\* ?/, '')) : lines;
}

/** Runs a block as a program of its own in the folder, or as a test where it is one, and returns what it printed. */
export async function runBlock({ line, language, code }, cwd, env) {
  const program = `of-line-${line}${language === 'ts' || !code.includes('require(') ? '.mjs' : '.cjs'}`;
  const written = language === 'ts' ? program.replace('.mjs', '.mts') : program;
  // Reports name the lines of the Markdown file.
  writeFileSync(join(cwd, written), '\n'.repeat(line - 1) + code);
  if (language === 'ts') await compile(written, cwd);
  if (!code.includes("from 'node:test'")) return run([process.execPath, program], { cwd, env });
  const out = await run([process.execPath, '--test', '--test-reporter', 'tap', program], { cwd, env });
  strictEqual(/^# pass (\d+)$/m.exec(out)?.[1], '1', out);
  return out;
}

/** Checks the types, and writes JavaScript beside the TypeScript. */
function compile(written, cwd) {
  const settings = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,esnext.disposable'];
  return run(['tsc', ...settings, '--types', 'node', '--noEmitOnError', written], { cwd });
}
