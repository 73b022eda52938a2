// ES module entry point of the test kit: re-exports the CommonJS classes, so that `import` and `require` share them.

export type * from './testing.js';
export { Sandbox } from './testing.js';
