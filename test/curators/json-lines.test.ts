import { pathToFileURL } from 'node:url';
import { curated, onlyOne, onlyProblem, scratch, titles } from './support/curating.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

const { path, write } = scratch();

const MESSAGE = {
  initialDateCurated: '2024-01-01T00:00:00Z',
  lastDateCurated: '2024-01-02T00:00:00.5Z',
  curatorInformation: 'me',
  title: 'One',
  description: '<b>as it is</b>',
  mediaUri: 'https://x.example/one.mp3',
  mediaType: 'audio/mpeg',
  priority: 7,
};

const line = (changes: object = {}) => `${JSON.stringify({ ...MESSAGE, ...changes })}\n`;
const file = (...lines: string[]) => write('messages.jsonl', lines.join(''));

test('a message is sent as it stands', async () => {
  const dated = { ...MESSAGE, dateAired: '2023-12-31T00:00:00Z' };
  expect(await onlyOne(file(line(dated)))).toEqual({ ...dated, lastDateCurated: '2024-01-02T00:00:00.500Z' });
});

test('names in snake case, byte order marks, CR LF, blank lines and a last line without an end are taken', async () => {
  const snake = JSON.stringify({ ...MESSAGE, mediaUri: undefined, media_uri: 'two.mp3', title: 'Two' });
  const { infos, problems } = await curated(file('\ufeff', line().replace('\n', '\r\n'), '\n', '  \n', snake));
  expect(problems).toEqual([]);
  expect(titles(infos)).toEqual(['One', 'Two']);
  expect(infos[1]?.mediaUri).toBe(pathToFileURL(path('two.mp3')).href);
});

test.each([
  ['audio/a b.mp3', 'audio/a%20b.mp3'],
  ['../up.mp3', '../up.mp3'],
  ['12:30.mp3', '12:30.mp3'],
])('the relative URI %s refers to the file', async (mediaUri, expected) => {
  const { href } = new URL(`./${expected}`, pathToFileURL(path('messages.jsonl')).href);
  expect((await onlyOne(file(line({ mediaUri })))).mediaUri).toBe(href);
});

test('a relative URI refers to baseUri where one is given; an absolute one is not touched', async () => {
  const options = { baseUri: 'https://cdn.example/' };
  expect((await onlyOne(file(line({ mediaUri: 'a.mp3' })), options)).mediaUri).toBe('https://cdn.example/a.mp3');
  expect((await onlyOne(file(line({ mediaUri: 's3://b/k k' })), options)).mediaUri).toBe('s3://b/k k');
});

test.each([
  ['no JSON', '{"title": \n', /must be JSON/],
  ['a list', '[]\n', /./],
  ['a text', '"x"\n', /./],
  ['a title over its limit', line({ title: 'x'.repeat(251) }), /title.*1–250.*251/],
  ['no dates', line({ lastDateCurated: undefined }), /lastDateCurated/],
  ['a date that is none', line({ lastDateCurated: '2024-02-30T00:00:00Z' }), /lastDateCurated.*2024-02-30/],
  ['a URI that is no text', line({ mediaUri: 7 }), /mediaUri/],
  ['no URI', line({ mediaUri: '' }), /mediaUri/],
  ['a priority over its limit', line({ priority: 2 ** 31 }), /priority/],
])('a line with %s is reported with its number, and the others are sent', async (_, bad, reason) => {
  const { infos, problems } = await curated(file(line(), bad, line({ mediaUri: 'https://x.example/2' })), {
    kind: 'clips',
  });
  expect(infos).toHaveLength(2);
  expect(problems).toEqual([{ ok: false, what: 'line 2', reason: expect.stringMatching(reason) }]);
});

test.each([
  ['null', 'null'],
  [' null \r', 'null'],
  ['7', 'the number 7'],
  ['["a", 7]', 'a list of 2'],
  ['"some text"', '"some text"'],
  ['false', 'the boolean false'],
])('of a line that is %j the number is told, and that %s came', async (bad, came) => {
  const expected = { what: 'line 2', reason: `EpisodeInfo refused: must be an object, but ${came} came` };
  expect((await curated(file(line(), `${bad}\n`))).problems).toMatchObject([expected]);
  const alone = curated(file(`${bad}\n`, `${bad}\n`));
  await expect(alone).rejects.toThrow(
    `is a JSON object; one message (JSON) a line was expected; line 1: ${expected.reason}`,
  );
});

test('a clip needs a title, an episode does not', async () => {
  expect((await onlyOne(file(line({ title: '' })))).title).toBe('');
  expect((await onlyProblem(file(line({ title: '' })), { kind: 'clips' })).reason).toMatch(/title/);
});

test('a line without an end that fits into no message is reported without being held', async () => {
  const endless = `{"title":"${'x'.repeat(3_000_000)}`;
  const { infos, problems } = await curated(file(line(), `${endless}\n`, line({ mediaUri: 'b.mp3' })));
  expect(infos).toHaveLength(2);
  expect(problems).toEqual([{ ok: false, what: 'line 2', reason: expect.stringContaining('more than 1048576 bytes') }]);
});

test('an empty file is refused', async () => {
  await expect(curated(file('\n\n'))).rejects.toThrow(
    /messages\.jsonl is empty; one message \(JSON\) a line was expected/,
  );
});

test('a document over several lines is refused as a whole, with its first line', async () => {
  const pretty = write('pretty.json', JSON.stringify([MESSAGE, MESSAGE], null, 2));
  await expect(curated(pretty)).rejects.toThrow(/none of the 22 lines of .*pretty\.json is a JSON object.*line 1/);
  const alone = await onlyProblem(write('alone.jsonl', '{'));
  expect(alone.what).toBe('line 1');
});

test('messages with one title are left as they are: whoever wrote them decides', async () => {
  const { infos } = await curated(file(line(), line({ mediaUri: 'b.mp3' }), line()), { kind: 'clips' });
  expect(titles(infos)).toEqual(['One', 'One', 'One']);
});

test('a rule for priorities changes what it matches only', async () => {
  const rules = { priorityRules: [{ match: /two/i, priority: -1 }] };
  const { infos } = await curated(file(line(), line({ title: 'Two', mediaUri: 'b.mp3' })), rules);
  expect(infos.map(({ priority }) => priority)).toEqual([7, -1]);
});

test('a second run gives nothing; a changed line comes with its own date if that is newer, else with a newer one', async () => {
  const store = new InMemoryCurationStore();
  await curated(file(line()), { store });
  expect((await curated(file(line()), { store })).infos).toEqual([]);
  expect((await onlyOne(file(line({ title: 'Same date' })), { store })).lastDateCurated).toBe('2025-06-01T12:00:00Z');
  const newer = { title: 'Own date', lastDateCurated: '2026-01-01T00:00:00Z' };
  expect((await onlyOne(file(line(newer)), { store })).lastDateCurated).toBe('2026-01-01T00:00:00Z');
  expect((await onlyOne(file(line({ title: 'Back' })), { store })).lastDateCurated).toBe('2026-01-01T00:00:00.001Z');
});
