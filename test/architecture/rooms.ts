/**
 * Which room may import which: the one table that docs/architecture.md draws and directions.test.ts checks.
 * From the ground floor up; a room imports only rooms that stand before it, so no arrow climbs.
 */
export const ROOMS = {
  domain: [],
  disk: [],
  web: ['disk', 'domain'],
  curators: ['web', 'domain'],
  researcher: ['web', 'disk', 'domain'],
  functions: ['researcher', 'curators', 'web', 'domain'],
  lib: ['functions', 'domain'],
  local: ['lib', 'functions', 'web', 'disk', 'domain'],
  operating: ['local', 'lib', 'functions', 'web', 'disk', 'domain'],
  report: ['operating', 'local', 'functions', 'web', 'disk', 'domain'],
  cli: ['report', 'operating', 'local', 'lib', 'functions', 'researcher', 'curators', 'web', 'disk', 'domain'],
  audio: ['cli', 'local', 'researcher', 'domain'],
  bench: [
    'cli',
    'report',
    'operating',
    'audio',
    'local',
    'lib',
    'functions',
    'researcher',
    'curators',
    'web',
    'domain',
  ],
  bin: ['bench', 'cli', 'report', 'operating', 'audio', 'local', 'lib', 'researcher', 'domain'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The floors of the simulation, likewise from the ground up. */
export const SIMULATION = ['world', 'invariants', 'scenarios', 'mutants'] as const;

/** Packages that the rules may use: computations, nothing that talks to anybody. */
export const PACKAGES_OF_DOMAIN = ['node:crypto', 'node:zlib', 'zod/mini'] as const;

/** What reads a clock, draws lots or does I/O; the rules get the time and all else as values. */
export const NOT_IN_DOMAIN =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\bprocess\b|\bperformance\b|\bfetch\(|\bset(Timeout|Interval|Immediate)\b|\bconsole\b|\bimport\(/;

/** Written by hand and in one piece: a file is read at one sitting. Without empty lines at the end. */
export const LINES_AT_MOST = 300;
export const LINES_ON_AVERAGE = 90;

/** Made by a program; nobody reads them. */
export const GENERATED = /^researcher\/[\w/-]*generated\//;
