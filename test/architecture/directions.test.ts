import { SOURCES } from '../../local/assembly/fingerprint.ts';
import { circles, importsOf, sources, textOf } from './imports.ts';
import {
  GENERATED,
  LINES_AT_MOST,
  LINES_ON_AVERAGE,
  NOT_IN_DOMAIN,
  PACKAGES_OF_DOMAIN,
  ROOMS,
  SIMULATION,
} from './rooms.ts';

type Room = keyof typeof ROOMS;

const files = sources();
const graph = new Map(files.map((file) => [file, importsOf(file)]));
const roomOf = (path: string) => path.slice(0, path.indexOf('/'));
const isRoom = (name: string): name is Room => Object.hasOwn(ROOMS, name);
const inRooms = files.filter((file) => isRoom(roomOf(file)));

/** `file -> imported`, for every import from a room into one that the table does not allow it. */
function climbing(of: ReadonlyMap<string, readonly string[]>): string[] {
  return [...of].flatMap(([file, imported]) => {
    const room = roomOf(file);
    if (!isRoom(room)) return [];
    const allowed: readonly string[] = [room, ...ROOMS[room]];
    return imported
      .filter((path) => path.includes('/') && files.includes(path) && !allowed.includes(roomOf(path)))
      .map((path) => `${file} -> ${path}`);
  });
}

test('ROOMS-1: every file of the product stands in a room of the table', () =>
  expect(files.filter((file) => !isRoom(roomOf(file)) && roomOf(file) !== 'test')).toEqual([]));

test('ROOMS-2: the table itself only points down', () => {
  const order = Object.keys(ROOMS);
  const climbs = Object.entries(ROOMS).flatMap(([room, below]) =>
    below.filter((other) => order.indexOf(other) >= order.indexOf(room)).map((other) => `${room} -> ${other}`),
  );
  expect(climbs).toEqual([]);
});

test('ROOMS-3: no import climbs', () => {
  expect(inRooms.length).toBeGreaterThan(300);
  expect(climbing(graph)).toEqual([]);
});

test('ROOMS-11: the fingerprint of a local archive covers every room that its functions are made from', () => {
  const below = (room: Room): Room[] => [room, ...ROOMS[room].flatMap((one) => below(one))];
  expect(SOURCES).toEqual(expect.arrayContaining(below('lib')));
});

test('ROOMS-4: an import that climbs is seen', () =>
  expect(climbing(new Map([['domain/leases.ts', ['functions/ports.ts', 'node:crypto']]]))).toEqual([
    'domain/leases.ts -> functions/ports.ts',
  ]));

test('ROOMS-5: no files import each other in a circle, tests neither', () => expect(circles(graph)).toEqual([]));

test('ROOMS-6: a circle is seen, whatever leads into it', () =>
  expect(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c', 'd']],
        ['c', ['b']],
        ['d', []],
      ]),
    ),
  ).toEqual([['b', 'c']]));

test('ROOMS-11: the simulated world knows nothing of the rules that judge it', () => {
  const floorOf = (path: string) => SIMULATION.findIndex((part) => path.startsWith(`test/simulation/${part}/`));
  const climbs = [...graph].flatMap(([file, imported]) =>
    floorOf(file) < 0
      ? []
      : imported.filter((path) => floorOf(path) > floorOf(file)).map((path) => `${file} -> ${path}`),
  );
  expect(climbs).toEqual([]);
});

const domain = files.filter((file) => roomOf(file) === 'domain');

test('ROOMS-7: the rules use no package but computations', () => {
  const allowed: readonly string[] = PACKAGES_OF_DOMAIN;
  const used = domain.flatMap((file) => graph.get(file)!.filter((path) => !path.startsWith('domain/')));
  expect(used.filter((name) => !allowed.includes(name))).toEqual([]);
});

const codeOf = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

test('ROOMS-8: the rules have no clock, no lots and no I/O', () =>
  expect(domain.filter((file) => NOT_IN_DOMAIN.test(codeOf(textOf(file))))).toEqual([]));

test.each(['Date.now()', 'new Date()', 'Math.random()', 'process.env.X', 'await fetch(url)', 'setTimeout(f, 1)'])(
  'ROOMS-9: %s is seen',
  (code) => expect(NOT_IN_DOMAIN.test(codeOf(`const x = ${code};`))).toBe(true),
);

test('ROOMS-10: no file is longer than one sitting, and most are far shorter', () => {
  const lengths = inRooms
    .filter((file) => !GENERATED.test(file))
    .map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }));
  expect(lengths.filter(({ lines }) => lines > LINES_AT_MOST)).toEqual([]);
  const average = lengths.reduce((sum, { lines }) => sum + lines, 0) / lengths.length;
  expect(average).toBeLessThanOrEqual(LINES_ON_AVERAGE);
});
