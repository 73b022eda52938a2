/** @type {import('next').NextConfig} */
export default {
  output: 'standalone',
  serverExternalPackages: ['@renumerate/node'], // native files cannot be bundled; the standalone build copies them
  turbopack: { root: import.meta.dirname }, // otherwise Next.js takes a parent folder with a lock file
};
