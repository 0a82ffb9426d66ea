/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/test',
    '<rootDir>/bin',
    '<rootDir>/lib',
    '<rootDir>/functions',
    '<rootDir>/local',
    '<rootDir>/researcher',
    '<rootDir>/curators',
  ],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: { '^(@middy/[^/]+)$': '<rootDir>/node_modules/$1/index.js' },
  transformIgnorePatterns: ['/node_modules/(?!@middy/)'],
  coverageProvider: 'v8',
  setupFiles: ['<rootDir>/test/support/environment.ts'],
};
