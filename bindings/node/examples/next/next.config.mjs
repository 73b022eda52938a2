/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  serverExternalPackages: ['@renumerate/node'], // its native file cannot be bundled; the standalone build copies it
  turbopack: { root: import.meta.dirname }, // here, whatever lock files are in the folders above
};
