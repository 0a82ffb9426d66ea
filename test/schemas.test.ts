import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemaFiles } from '../domain/messages/json-schema.ts';
import {
  parseClipInfo,
  parseCompletedResearchItem,
  parseEpisodeInfo,
  parsePendingResearchItem,
  toJson,
} from '../domain/messages.ts';
import { perfectClip, perfectEpisode, perfectItem, perfectResult, without } from './support/perfect-messages.ts';

const folder = join(__dirname, '..', 'schemas');
// Formats are checked by patterns: not every validator knows `date-time`, and some take leap seconds.
const ajv = new Ajv2020({ strict: false, validateFormats: false });

const messages = [
  { file: 'clip-info.json', parse: parseClipInfo, perfect: toJson(perfectClip()) },
  { file: 'episode-info.json', parse: parseEpisodeInfo, perfect: toJson(perfectEpisode()) },
  { file: 'pending-research-item.json', parse: parsePendingResearchItem, perfect: toJson(perfectItem()) },
  { file: 'completed-research-item.json', parse: parseCompletedResearchItem, perfect: toJson(perfectResult()) },
];

it('the committed schema files are those of the definitions (if not: npm run schemas)', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const committed = Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  expect(committed).toEqual(jsonSchemaFiles());
});

describe.each(messages)('$file', ({ file, parse, perfect }) => {
  const valid = ajv.compile(JSON.parse(readFileSync(join(folder, file), 'utf8')));

  it('takes the canonical form of the message', () => {
    expect(valid(perfect)).toBe(true);
  });

  it('takes unknown fields', () => {
    expect(valid({ ...perfect, somethingNew: { a: 1 } })).toBe(true);
  });

  it('requires the very fields that the parser requires', () => {
    for (const field of Object.keys(perfect)) {
      const rest = without(perfect, field);
      // As many scores as offsets is a rule that a schema cannot say.
      if (field === 'clipOffsets') expect(valid(rest)).toBe(true);
      else expect([field, valid(rest)]).toEqual([field, accepted(parse, rest)]);
    }
  });

  it('refuses a wrong type where the parser does', () => {
    for (const field of Object.keys(perfect)) {
      const wrong = { ...perfect, [field]: { a: 1, b: [] } };
      expect([field, valid(wrong)]).toEqual([field, false]);
      expect([field, accepted(parse, wrong)]).toEqual([field, false]);
    }
  });
});

describe('the limits of a schema are those of the parser', () => {
  const valid = ajv.compile(JSON.parse(readFileSync(join(folder, 'clip-info.json'), 'utf8')));
  const emoji = '\u{1f600}';
  it.each([
    ['title', emoji.repeat(250), emoji.repeat(251)],
    ['description', emoji.repeat(16_384), emoji.repeat(16_385)],
    ['priority', 2 ** 31 - 1, 2 ** 31],
    ['priority', -(2 ** 31), -(2 ** 31) - 1],
    ['lastDateCurated', '2024-01-01t00:00:59.123456789+23:59', '2024-01-01T00:00:60Z'],
    ['lastDateCurated', '0001-01-01T00:00:00Z', '0000-12-31T00:00:00Z'],
    ['id', '9007199254740991', '0x10'],
  ])('%s', (field, atLimit, beyond) => {
    for (const [value, expected] of [
      [atLimit, true],
      [beyond, false],
    ]) {
      const clip = { ...toJson(perfectClip()), [field as string]: value };
      expect({ schema: valid(clip), parser: accepted(parseClipInfo, clip) }).toEqual({
        schema: expected,
        parser: expected,
      });
    }
  });
});

function accepted(parse: (body: string) => unknown, json: unknown): boolean {
  try {
    parse(JSON.stringify(json));
    return true;
  } catch {
    return false;
  }
}
