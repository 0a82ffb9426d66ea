import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundledFiles, bundle } from '../../lib/bundle.ts';

const ARCHIVISTS = [
  'clips-archivist',
  'episodes-archivist',
  'pending-research-archivist',
  'completed-research-archivist',
] as const;

/** Each file catches what it throws itself: messages.js gives its class to who asks it (BUNDLE-4), and new entries are judged in index.js. */
const CAUGHT_WHERE_THROWN = ['domain/messages/invalid-message.ts'];

let folder: string;
const made = new Map<string, BundledFiles>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'archivist-bundle-'));
  for (const name of ARCHIVISTS) made.set(name, await bundle('.', `functions/${name}/handler.ts`, join(folder, name)));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inputsOf = (name: string, file: string): readonly string[] => made.get(name)?.[file] ?? [];
const readsMessages = (path: string) => path.includes('node_modules/zod/') || path.endsWith('messages/definitions.ts');

test.each([
  ['clips-archivist', 'messages.js'],
  ['episodes-archivist', 'messages.js'],
  ['completed-research-archivist', 'understand.js'],
])('BUNDLE-1: what reads messages in %s is a file of its own, %s, which its first message loads', (name, later) => {
  expect(readdirSync(join(folder, name)).sort()).toEqual(['index.js', 'package.json', later].sort());
  expect(inputsOf(name, later).filter(readsMessages)).not.toEqual([]);
  expect(inputsOf(name, 'index.js').filter(readsMessages)).toEqual([]);
  expect(readFileSync(join(folder, name, 'index.js'), 'utf8')).toContain(`require("./${later}")`);
});

test('BUNDLE-2: who only writes messages has nothing in its bundle that reads them', () => {
  expect(Object.keys(made.get('pending-research-archivist') ?? {})).toEqual(['index.js']);
  expect(inputsOf('pending-research-archivist', 'index.js').filter(readsMessages)).toEqual([]);
});

test.each(ARCHIVISTS)(
  'BUNDLE-3: what two files of %s have in common holds no state, and no class that one throws and the other catches',
  (name) => {
    const files = Object.values(made.get(name) ?? {});
    const paths = files.flat();
    const common = new Set(paths.filter((path, index) => paths.indexOf(path) !== index));
    const stateful = [...common].filter((path) =>
      /^(export )?(abstract )?(class|let) /m.test(readFileSync(path, 'utf8')),
    );
    expect(stateful.filter((path) => !CAUGHT_WHERE_THROWN.includes(path))).toEqual([]);
  },
);

test('BUNDLE-4: what the later file throws is known by the class that comes with it', () => {
  const later = createRequire(join(process.cwd(), 'package.json'))(join(folder, 'clips-archivist', 'messages.js'));
  expect(() => later.parseClipInfo('no JSON')).toThrow(later.InvalidMessage);
});
