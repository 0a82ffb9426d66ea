/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/test',
    '<rootDir>/bin',
    '<rootDir>/lib',
    '<rootDir>/domain',
    '<rootDir>/functions',
    '<rootDir>/local',
    '<rootDir>/researcher',
    '<rootDir>/curators',
    '<rootDir>/report',
    '<rootDir>/operating',
    '<rootDir>/cli',
    '<rootDir>/web',
    '<rootDir>/disk',
  ],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // Packages that are only ES modules: named here where their exports offer Jest's require nothing, and transformed below.
  moduleNameMapper: {
    '^(@middy/[^/]+|file-type)$': '<rootDir>/node_modules/$1/index.js',
    '^music-metadata$': '<rootDir>/node_modules/music-metadata/lib/index.js',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(srt-parser-2|@middy|mpg123-decoder|opus-decoder|@wasm-audio-decoders|@eshaz|simple-yenc|music-metadata|file-type|strtok3|token-types|uint8array-extras|media-typer|win-guid|@tokenizer|@borewit)/)',
  ],
  // Jest runs tests in a context whose globals are slow to reach; what loops over samples and entries needs is handed in.
  // Nothing that a test replaces (Date, timers, process) may stand here.
  sandboxInjectedGlobals: [
    ...['Math', 'Number', 'BigInt', 'Object', 'Array', 'String', 'Map', 'Set', 'DataView', 'Uint8Array', 'Int16Array'],
    ...['Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array'],
  ],
  coverageProvider: 'v8',
  // Much of the time goes into waiting for emulators and children, so four files at a time pay on two cores.
  maxWorkers: 4,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // Emulators and children on two busy cores are slow now and then; no test measures time.
  testTimeout: 30_000,
  setupFiles: ['<rootDir>/test/support/environment.ts'],
};
