import {
  MOST_CLIPS,
  parseClipInfo,
  parseCompletedResearchItem,
  parseEpisodeInfo,
  parsePendingResearchItem,
  toJson,
} from '../../domain/messages.ts';
import { perfectClip, perfectEpisode, perfectItem, perfectResult } from '../support/perfect-messages.ts';

type Fields = Record<string, unknown>;

const clip = (fields: Fields) => parseClipInfo(JSON.stringify({ ...toJson(perfectClip()), ...fields }));
const episode = (fields: Fields) => parseEpisodeInfo(JSON.stringify({ ...toJson(perfectEpisode()), ...fields }));
const item = (fields: Fields) => parsePendingResearchItem(JSON.stringify({ ...toJson(perfectItem()), ...fields }));
const result = (fields: Fields) =>
  parseCompletedResearchItem(JSON.stringify({ ...toJson(perfectResult()), ...fields }));

// One code point each, of one, two and four bytes in UTF-8; the last one is two units of a JavaScript string.
const CHARACTERS = ['a', 'é', '\u{1f600}'];

const texts = [
  ['ClipInfo', clip, 'title', 1, 250],
  ['ClipInfo', clip, 'description', 0, 16_384],
  ['ClipInfo', clip, 'mediaUri', 1, 2048],
  ['ClipInfo', clip, 'mediaType', 1, 16],
  ['ClipInfo', clip, 'curatorInformation', 0, 250],
  ['EpisodeInfo', episode, 'title', 0, 250],
  ['EpisodeInfo', episode, 'description', 0, 16_384],
  ['EpisodeInfo', episode, 'mediaUri', 1, 2048],
  ['EpisodeInfo', episode, 'mediaType', 1, 16],
  ['EpisodeInfo', episode, 'curatorInformation', 0, 250],
  ['CompletedResearchItem', result, 'researcher', 0, 128],
  ['CompletedResearchItem', result, 'analyzer', 0, 128],
  ['CompletedResearchItem', result, 'episodeHash', 0, 128],
  ['CompletedResearchItem', result, 'clipHash', 0, 128],
] as const;

describe.each(texts)('%s', (_, parse, field, minimum, maximum) => {
  it.each(CHARACTERS)(`${field} has ${minimum}–${maximum} characters such as %s`, (character) => {
    for (const length of [minimum, minimum + 1, maximum - 1, maximum]) {
      const text = character.repeat(length);
      expect(parse({ [field]: text })).toMatchObject({ [field]: text });
    }
    const limit = `${field}: must be text of ${minimum}–${maximum} characters, but`;
    expect(() => parse({ [field]: character.repeat(maximum + 1) })).toThrow(`${limit} ${maximum + 1} (`);
    if (minimum > 0) expect(() => parse({ [field]: '' })).toThrow(`${limit} 0 ("") came`);
  });
});

const optional = [
  ['source', 250],
  ['sourceId', 2048],
  ['show', 250],
  ['revision', 128],
] as const;

describe.each([
  ['ClipInfo', clip],
  ['EpisodeInfo', episode],
] as const)('%s', (_, parse) => {
  it.each(optional)(
    '%s may be absent, which the empty text is too, and has at most %i characters',
    (field, maximum) => {
      expect(parse({})).not.toHaveProperty(field);
      expect(parse({ [field]: '' })).not.toHaveProperty(field);
      for (const character of CHARACTERS) {
        for (const length of [1, maximum - 1, maximum]) {
          const text = character.repeat(length);
          expect(parse({ [field]: text })).toMatchObject({ [field]: text });
        }
        const limit = `${field}: must be text of 1–${maximum} characters, but ${maximum + 1} (`;
        expect(() => parse({ [field]: character.repeat(maximum + 1) })).toThrow(limit);
      }
      expect(() => parse({ [field]: 5 })).toThrow(
        `${field}: must be text of 1–${maximum} characters, but the number 5`,
      );
    },
  );
});

const integers = [
  ['ClipInfo', clip, 'priority', -(2 ** 31), 2 ** 31 - 1],
  ['EpisodeInfo', episode, 'priority', -(2 ** 31), 2 ** 31 - 1],
  ['PendingResearchItem', item, 'heartbeatSeconds', 0, 2 ** 31 - 1],
  ['CompletedResearchItem', result, 'episodeDuration', 0, 2 ** 53],
  ['CompletedResearchItem', result, 'clipDuration', 0, 2 ** 53],
] as const;

describe.each(integers)('%s', (_, parse, field, minimum, maximum) => {
  it(`${field} is an integer from ${minimum} to ${maximum}, as text or number`, () => {
    for (const value of [minimum, minimum + 1, 0, 1, maximum - 1, maximum]) {
      expect(parse({ [field]: value })).toMatchObject({ [field]: value });
      expect(parse({ [field]: String(value) })).toMatchObject({ [field]: value });
    }
    const limit = `${field}: must be an integer from ${minimum} to ${maximum}, but`;
    expect(() => parse({ [field]: minimum - 1 })).toThrow(`${limit} the number ${minimum - 1} came`);
    const below = String(BigInt(minimum) - 1n);
    expect(() => parse({ [field]: below })).toThrow(`${limit} "${below}" came`);
    const above = String(BigInt(maximum) + 1n);
    expect(() => parse({ [field]: above })).toThrow(`${limit} "${above}" came`);
  });
});

describe('CompletedResearchItem', () => {
  const NONE = { clipOffsets: [], clipScores: [] };

  it('clipOffsets are each from 0 to 2^53, exactly', () => {
    const inside = ['0', '1', '9007199254740991', '9007199254740992'];
    expect(result({ ...NONE, clipOffsets: inside }).clipOffsets).toEqual(inside.map(Number));
    for (const outside of [-1, '-1', '9007199254740993', '9007199254740993.0', 2 ** 53 + 2, 1e300])
      expect(() => result({ ...NONE, clipOffsets: [outside] })).toThrow(
        'clipOffsets[0]: must be an integer from 0 to 9007199254740992, but',
      );
  });

  it('clipOffsets are at most 10,000', () => {
    const offsets = Array.from({ length: 10_001 }, (_, index) => index);
    expect(result({ ...NONE, clipOffsets: offsets.slice(0, 9_999) }).clipOffsets).toHaveLength(9_999);
    expect(result({ ...NONE, clipOffsets: offsets.slice(0, 10_000) }).clipOffsets).toHaveLength(10_000);
    expect(() => result({ ...NONE, clipOffsets: offsets })).toThrow(
      'clipOffsets: must be a list of 0–10000 elements, but a list of 10001 came',
    );
  });

  it('unheard are at most 100 stretches that end after they begin, each with its reason', () => {
    const stretch = (second: number) => ({ from: `${second}000000000`, to: `${second + 1}000000000`, why: 'missing' });
    const stretches = Array.from({ length: 101 }, (_, index) => stretch(index + 1));
    for (const length of [0, 99, 100])
      expect(result({ unheard: stretches.slice(0, length) }).unheard).toHaveLength(length);
    expect(() => result({ unheard: stretches })).toThrow(
      'unheard: must be a list of 0–100 elements, but a list of 101 came',
    );
    for (const to of ['5', '4'])
      expect(() => result({ unheard: [{ from: '5', to, why: '' }] })).toThrow(
        `unheard[0].to: must be more than its from (5), but ${to} came`,
      );
    expect(result({ unheard: [{ to: '1' }] }).unheard).toEqual([{ from: 0, to: 1, why: '' }]);
    expect(() => result({ unheard: [{ to: '1', why: 'x'.repeat(101) }] })).toThrow('unheard[0].why: must be text of');
  });

  it('notJudged is a reason of 1–500 characters, or is not there', () => {
    expect(result({ notJudged: 'x'.repeat(500) }).notJudged).toHaveLength(500);
    expect(result({ notJudged: '' })).not.toHaveProperty('notJudged');
    expect(result({})).not.toHaveProperty('notJudged');
    expect(() => result({ notJudged: 'x'.repeat(501) })).toThrow('notJudged: must be text of');
  });

  it('clipScores are at most 10,000', () => {
    expect(() => result({ ...NONE, clipScores: Array(10_001).fill(0) })).toThrow(
      'clipScores: must be a list of 0–10000 elements, but a list of 10001 came',
    );
  });

  it('clipScores are as many as the offsets, or none', () => {
    const clipOffsets = [1, 2, 3];
    expect(result({ clipOffsets, clipScores: [] }).clipScores).toEqual([]);
    expect(result({ clipOffsets, clipScores: [0, 0.5, 1] }).clipScores).toEqual([0, 0.5, 1]);
    for (const clipScores of [
      [0, 0.5],
      [0, 0.5, 1, 1],
    ])
      expect(() => result({ clipOffsets, clipScores })).toThrow(
        `clipScores: must be as many as clipOffsets (3) or none, but ${clipScores.length} came`,
      );
    expect(() => result({ clipOffsets: [], clipScores: [0.5] })).toThrow('clipOffsets (0) or none, but 1 came');
  });

  it('clipScores are each from 0 to 1', () => {
    for (const score of [0, 1e-130, 0.5, 1 - Number.EPSILON, 1])
      expect(result({ clipOffsets: [1], clipScores: [score] }).clipScores).toEqual([score]);
    for (const score of [-Number.MIN_VALUE, -1, 1 + Number.EPSILON, 2])
      expect(() => result({ clipOffsets: [1], clipScores: [score] })).toThrow(
        `clipScores[0]: must be a number from 0 to 1, but the number ${score} came`,
      );
  });

  it('a clipScore that is too small for DynamoDB is 0', () => {
    expect(result({ clipOffsets: [1, 2], clipScores: [9e-131, '5e-324'] }).clipScores).toStrictEqual([0, 0]);
  });

  it.each(CHARACTERS)(
    'failure is cut at 500 characters such as %s, never refused, never within a character',
    (character) => {
      for (const length of [499, 500])
        expect(result({ failure: character.repeat(length) }).failure).toBe(character.repeat(length));
      for (const length of [501, 100_000])
        expect(result({ failure: character.repeat(length) }).failure).toBe(character.repeat(500));
    },
  );

  it('failure is cut by characters even where a pair of units straddles the place', () => {
    const failure = `a${'\u{1f600}'.repeat(500)}`;
    expect(result({ failure }).failure).toBe(`a${'\u{1f600}'.repeat(499)}`);
  });
});

describe('PendingResearchItem', () => {
  const clips = (length: number) => Array.from({ length }, () => toJson(perfectClip()));

  it(`has 1–${MOST_CLIPS} clips`, () => {
    for (const length of [1, 2, 4_999, 5_000]) expect(item({ clips: clips(length) }).clips).toHaveLength(length);
    expect(() => item({ clips: clips(5_001) })).toThrow(
      'clips: must be a list of 1–5000 elements, but a list of 5001 came',
    );
    expect(() => item({ clips: [] })).toThrow('clips: must be a list of 1–5000 elements, but a list of 0 came');
  });

  it('names the clip that is wrong', () => {
    const wrong = [...clips(2), { ...toJson(perfectClip()), mediaType: 'application/octet-stream' }];
    expect(() => item({ clips: wrong })).toThrow('clips[2].mediaType: must be text of 1–16 characters, but 24 (');
  });
});
