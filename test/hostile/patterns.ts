import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { checkSync } from 'recheck';
import { projectDir } from '../../local/project.ts';
import type { Outcome } from './outcome.ts';

/** What runs where text from outside comes by. */
const ROOMS = [
  'domain',
  'disk',
  'web',
  'curators',
  'researcher',
  'functions',
  'lib',
  'local',
  'operating',
  'report',
  'cli',
];

/** Patterns that take longer than linear time for a text that is never long. */
const SHORT_TEXTS: Readonly<Record<string, string>> = {
  'curators/feed-date.ts': 'of a date at most 80 characters are looked at',
};

/** A pattern that is so hard to judge is too hard to read. */
const JUDGING_MS = 120_000;

/** Every pattern in the code takes time that grows with the length of a text alone, as recheck judges. */
export function tryPatterns(): Outcome {
  const wrong: string[] = [];
  let tried = 0;
  for (const file of ROOMS.flatMap(sourcesIn)) {
    for (const { pattern, flags } of patternsIn(file)) {
      tried++;
      if (file in SHORT_TEXTS) continue;
      const judged = checkSync(pattern, flags, { timeout: JUDGING_MS });
      if (judged.status === 'safe') continue;
      const why = judged.status === 'vulnerable' ? judged.complexity.summary : 'not judged';
      wrong.push(`${file}: /${pattern}/${flags} is ${judged.status} (${why})`);
    }
  }
  return { what: 'patterns', tried, wrong };
}

function sourcesIn(room: string): string[] {
  return readdirSync(join(projectDir, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('generated'))
    .map((name) => join(room, name))
    .sort();
}

interface Pattern {
  readonly pattern: string;
  readonly flags: string;
}

function patternsIn(file: string): Pattern[] {
  const found: Pattern[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    else if (typeof node === 'object' && node !== null) {
      const { type, pattern, flags } = node as { type?: string } & Partial<Pattern>;
      if (type === 'RegExpLiteral') found.push({ pattern: pattern ?? '', flags: flags ?? '' });
      for (const one of Object.values(node)) walk(one);
    }
  };
  walk(parseSync(readFileSync(join(projectDir, file), 'utf8'), { syntax: 'typescript' }));
  return found;
}
