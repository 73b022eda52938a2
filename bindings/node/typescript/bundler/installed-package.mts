// Finds the installed package from a bundle. A bundle cannot contain the native library, so the entry points for bundlers
// load the package when the bundle starts.

import '../runtime.js';

/**
 * Calls `load` with a location from which the package can be required: that of the bundle, or else that of the main
 * script of the process.
 *
 * @throws {Error} if the package is installed at none of these
 */
export function loadInstalledPackage<T>(load: (location: string) => T): T {
  const locations = bundleLocations();
  for (const location of [...locations, process.argv[1] ?? '']) {
    try {
      return load(location);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_INVALID_ARG_VALUE') throw error;
    }
  }
  throw new Error(
    `@renumerate/node is not installed where this bundle runs, ${locations[0]}: install it in the folder of the bundle or in a parent folder, because its native library cannot be bundled`,
  );
}

/**
 * Returns the file of a CommonJS bundle, or the URL of a bundle that is an ES module. Some bundlers replace one or both of
 * them by the location that this code had when it was bundled.
 */
function bundleLocations(): string[] {
  const locations = [import.meta.url];
  try {
    locations.unshift(__filename); // not behind a `typeof`, which webpack replaces by `'string'` in ES modules too
  } catch {
    // The bundle is an ES module.
  }
  return locations.filter((location) => location !== undefined);
}
