// The bundlers of the tests, each without configuration for the package. A function bundles the file `entry` for Node
// into the file `output`. `format` is `esm` or `cjs`.

import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';

/** Bundles with esbuild. `more` contains further options. Returns the warnings. */
export async function bundleWithEsbuild(entry, output, format, more = {}) {
  const settings = { bundle: true, platform: 'node', logLevel: 'silent', format, ...more };
  return (await esbuild.build({ entryPoints: [entry], outfile: output, ...settings })).warnings;
}

/** Names of bundlers, and functions that return the warnings. */
export const BUNDLERS = {
  esbuild: bundleWithEsbuild,

  async rolldown(entry, output, format) {
    const warnings = [];
    const bundle = await rolldown({ input: entry, platform: 'node', onLog: (_, log) => warnings.push(log) });
    await bundle.write({ file: output, format });
    await bundle.close();
    return warnings;
  },

  async rollup(entry, output, format) {
    const warnings = [];
    const plugins = [nodeResolve({ preferBuiltins: true }), commonjs()];
    const bundle = await rollup({ input: entry, plugins, external: /^node:/, onLog: (_, log) => warnings.push(log) });
    await bundle.write({ file: output, format });
    await bundle.close();
    return warnings;
  },

  async vite(entry, output, format) {
    const warnings = [];
    const customLogger = { ...vite.createLogger('silent'), warn: (text) => warnings.push(text) };
    const rollupOptions = { output: { format, entryFileNames: basename(output) } };
    const build = { ssr: entry, outDir: dirname(output), emptyOutDir: false, rollupOptions };
    await vite.build({ configFile: false, root: dirname(entry), customLogger, ssr: { noExternal: true }, build });
    return warnings;
  },

  async webpack(entry, output, format) {
    const module = { experiments: { outputModule: true }, output: { library: { type: 'module' } } };
    const { experiments, output: options } = format === 'esm' ? module : {};
    const compiler = webpack({
      mode: 'production',
      target: 'node',
      entry,
      experiments,
      output: { path: dirname(output), filename: basename(output), ...options },
    });
    const { errors, warnings } = (await promisify(compiler.run).call(compiler)).toJson();
    await promisify(compiler.close).call(compiler);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
    return warnings;
  },
};
