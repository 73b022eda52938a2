// Entry point of the test kit for bundlers. It exports the class of the installed package.

import module from 'node:module';
import type * as commonjs from '../testing.js';
import { loadInstalledPackage } from './installed-package.mjs';

export const { Sandbox } = loadInstalledPackage<typeof commonjs>((location) => {
  const requireFrom = module.createRequire(location); // see `index.mts`
  if (location === undefined) requireFrom('../testing.mjs');
  return requireFrom('@renumerate/node/testing');
});
