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
  coverageProvider: 'v8',
  // Much of the time goes into waiting for emulators and children, so three files at a time pay on two cores.
  maxWorkers: 3,
  // Emulators and children on two busy cores are slow now and then; no test measures time.
  testTimeout: 30_000,
  setupFiles: ['<rootDir>/test/support/environment.ts'],
};
