// The same for `import` as for `require`.

export type * from './testing.js';
export { Sandbox } from './testing.js';
