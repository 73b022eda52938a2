// ES module entry point of the test kit. It re-exports the CommonJS class, so that `import` and `require` return the
// same class.

export type * from './testing.js';
export { Sandbox } from './testing.js';
