import {
  assertInsertable,
  bodyOf,
  completedItem,
  InvalidMessage,
  parseClipInfo,
  parseCompletedResearchItem,
  parseEpisodeInfo,
  parsePendingResearchItem,
  toJson,
} from '../../domain/messages.ts';
import {
  perfectClip,
  perfectClipToFind,
  perfectEpisode,
  perfectItem,
  perfectResult,
  SOURCED,
  without,
} from '../support/perfect-messages.ts';

const clipFrom = (overrides: object) => parseClipInfo(JSON.stringify({ ...toJson(perfectClip()), ...overrides }));
const resultFrom = (overrides: object) =>
  parseCompletedResearchItem(JSON.stringify({ ...toJson(perfectResult()), ...overrides }));

describe('a message that is written can be read', () => {
  it.each([
    ['ClipInfo', parseClipInfo, perfectClip()],
    ['a ClipInfo of a source', parseClipInfo, perfectClip(SOURCED)],
    ['EpisodeInfo', parseEpisodeInfo, perfectEpisode()],
    ['an EpisodeInfo of a source', parseEpisodeInfo, perfectEpisode(SOURCED)],
    ['PendingResearchItem', parsePendingResearchItem, perfectItem()],
    ['CompletedResearchItem', parseCompletedResearchItem, perfectResult()],
    ['a sign of life', parseCompletedResearchItem, completedItem(perfectEpisode())],
  ])('%s', (_, parse: (body: string) => object, message) => {
    expect(parse(bodyOf(message))).toStrictEqual(message);
  });
});

describe('the canonical form', () => {
  it('omits default values and writes int64 as text, int32 and scores as numbers', () => {
    const result = perfectResult({ episodeInfo: perfectEpisode({ title: '', priority: 0 }), revokeLease: false });
    expect(toJson(result)).toEqual({
      researchDate: '2024-04-01T10:15:00.123456Z',
      episodeInfo: {
        id: '12',
        initialDateCurated: '2024-02-01T08:00:00Z',
        lastDateCurated: '2024-02-02T09:30:00Z',
        curatorInformation: 'feed.example.org',
        description: 'Two hours about trains.',
        mediaUri: 'https://media.example.org/episodes/12.mp3',
        mediaType: 'audio/mpeg',
        dateAired: '2024-01-31T20:00:00Z',
      },
      clipInfo: toJson(perfectClipToFind()),
      episodeDuration: '7200000000000',
      episodeHash: 'a'.repeat(64),
      clipDuration: '2500000000',
      clipHash: 'b'.repeat(64),
      clipOffsets: ['61500000000', '3600000000001'],
      unheard: [{ to: '2000000000', why: 'damaged' }],
      leaseId: '0f8fad5b-d9cb-469f-a165-70867728950e',
      researcher: 'volunteer-1',
      analyzer: 'listener@1.2.0',
      clipScores: [0.75, 0.5],
    });
  });

  it('keeps zeros in lists', () => {
    const { clipOffsets, clipScores } = toJson(perfectResult({ clipOffsets: [0], clipScores: [0] }));
    expect({ clipOffsets, clipScores }).toEqual({ clipOffsets: ['0'], clipScores: [0] });
  });

  it('has the fields in the order of the definition, whatever the order of the properties', () => {
    const reversed = Object.fromEntries(Object.entries(perfectClip()).reverse()) as unknown as typeof clip;
    const clip = perfectClip();
    expect(bodyOf(reversed)).toBe(bodyOf(clip));
  });

  it('leaves out what is no field of the message', () => {
    const entry = { ...perfectClip(), ordinal: 7, strikes: ['x'] };
    expect(toJson(entry)).toEqual(toJson(perfectClip()));
  });

  it('is printable ASCII as a body, since SQS refuses some characters', () => {
    const title = 'a\u0000\t\n\u007f\u0085é\u2028\ufffe\uffff\u{1f600}\u{10ffff}';
    const body = bodyOf(perfectClip({ title }));
    expect(body).toMatch(/^[ -~]+$/);
    expect(parseClipInfo(body).title).toBe(title);
  });
});

describe('what is accepted on input', () => {
  it('snake_case names, in nested messages too', () => {
    const snake = JSON.stringify(toJson(perfectResult())).replace(
      /"([a-z]+[A-Z]\w*)":/g,
      (_, name: string) => `"${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    );
    expect(snake).toContain('"initial_date_curated":');
    expect(parseCompletedResearchItem(snake)).toStrictEqual(perfectResult());
  });

  it('both spellings at once: lowerCamelCase counts, and the other one is ignored like an unknown field', () => {
    expect(clipFrom({ mediaUri: 'a:camel', media_uri: 5 }).mediaUri).toBe('a:camel');
  });

  it('a null in one spelling leaves the other one to count', () => {
    expect(clipFrom({ mediaUri: null, media_uri: 'a:snake' }).mediaUri).toBe('a:snake');
  });

  it('unknown fields, which are ignored', () => {
    const clip = clipFrom({ colour: 'red', nested: { a: [{}] }, Title: 5, dateAired: 'not for clips' });
    expect(clip).toStrictEqual(perfectClip());
  });

  it('null for absent, which is the default', () => {
    const nulls = { id: null, curatorInformation: null, description: null, priority: null };
    const { id, ...rest } = perfectClip({ curatorInformation: '', description: '', priority: 0 });
    expect(id).toBeDefined();
    expect(clipFrom(nulls)).toStrictEqual(rest);
    expect(resultFrom({ clipOffsets: null, clipScores: null, clipInfo: null, revokeLease: null })).toStrictEqual(
      without(perfectResult({ clipOffsets: [], clipScores: [], revokeLease: false }), 'clipInfo'),
    );
  });

  it('a message with nothing but the required fields', () => {
    const required = {
      initialDateCurated: '2024-01-01T00:00:00Z',
      lastDateCurated: '2024-01-01T00:00:00Z',
      mediaUri: 'a',
      mediaType: 'b',
    };
    const defaults = { curatorInformation: '', title: '', description: '', priority: 0 };
    expect(parseEpisodeInfo(JSON.stringify(required))).toStrictEqual({ ...required, ...defaults });
  });

  it.each([
    ['a number', 5],
    ['text', '5'],
    ['text with a zero fraction', '5.0'],
    ['text with an exponent', '50e-1'],
    ['text with a positive exponent', '0.05E+2'],
  ])('%s for an integer', (_, five) => {
    expect(clipFrom({ priority: five }).priority).toBe(5);
    expect(resultFrom({ episodeDuration: five, clipOffsets: [five, five] })).toMatchObject({
      episodeDuration: 5,
      clipOffsets: [5, 5],
    });
  });

  it('minus zero, which becomes zero', () => {
    expect(parseClipInfo(JSON.stringify(toJson(perfectClip())).replace('"priority":5', '"priority":-0'))).toStrictEqual(
      perfectClip({ priority: 0 }),
    );
    expect(clipFrom({ priority: '-0' }).priority).toBe(0);
    expect(resultFrom({ clipScores: ['-0', '-0.0'] }).clipScores).toStrictEqual([0, 0]);
  });

  it('no number beyond those of JavaScript, which JSON may have', () => {
    for (const huge of ['1e400', '-1e400'])
      expect(() =>
        parseClipInfo(JSON.stringify(toJson(perfectClip())).replace('"priority":5', `"priority":${huge}`)),
      ).toThrow('priority: must be an integer from -2147483648 to 2147483647, but the number');
  });

  it('a long spelling of zero', () => {
    expect(clipFrom({ priority: '0.000e999' }).priority).toBe(0);
  });

  it('text for scores', () => {
    expect(resultFrom({ clipScores: ['0.25', '1e-1'] }).clipScores).toEqual([0.25, 0.1]);
  });

  it.each([
    ['text', '17', '17'],
    ['a number', 17, '17'],
    ['the greatest', '9007199254740991', '9007199254740991'],
    ['an empty text, as a protobuf program writes for none', '', undefined],
    ['zero, as a protobuf program writes for none', '0', undefined],
    ['the number zero', 0, undefined],
  ])('an id as %s', (_, id, expected) => {
    const clip = clipFrom({ id });
    expect(clip.id).toBe(expected);
    expect('id' in clip).toBe(expected !== undefined);
  });

  it('a lease id of any version, in either case; it comes out in lower case', () => {
    expect(resultFrom({ leaseId: '0F8FAD5B-D9CB-069F-0165-70867728950E' }).leaseId).toBe(
      '0f8fad5b-d9cb-069f-0165-70867728950e',
    );
  });

  it('no lease id, which is the empty text', () => {
    expect(resultFrom({ leaseId: null }).leaseId).toBe('');
    expect(resultFrom({ leaseId: '' }).leaseId).toBe('');
  });

  it('timestamps with any offset, which come out in UTC', () => {
    expect(clipFrom({ lastDateCurated: '2024-03-02T01:00:00.5+02:00' }).lastDateCurated).toBe(
      '2024-03-01T23:00:00.500Z',
    );
  });

  it('offsets in any order, which come out ascending, each with its score', () => {
    const item = resultFrom({ clipOffsets: ['30', 10, '20', 10], clipScores: [0.3, 0.9, 0.2, 0.1] });
    expect(item.clipOffsets).toEqual([10, 10, 20, 30]);
    expect(item.clipScores).toEqual([0.1, 0.9, 0.2, 0.3]);
  });

  it('which part of the clip is heard goes with its offset, and is there for all or for none', () => {
    const item = resultFrom({
      clipOffsets: [30, 10],
      clipScores: [0.3, 0.9],
      clipHeardFrom: [3, '1'],
      clipHeardTo: [4, 2],
    });
    expect(item).toMatchObject({ clipOffsets: [10, 30], clipHeardFrom: [1, 3], clipHeardTo: [2, 4] });
    expect(resultFrom({}).clipHeardFrom).toEqual([]);
    expect(() => resultFrom({ clipOffsets: [30, 10], clipScores: [], clipHeardTo: [4] })).toThrow(
      'clipHeardTo: must be as many as clipOffsets (2) or none, but 1 came',
    );
  });

  it('any well-formed text, even what no terminal shows', () => {
    const title = '\u0000\u001b[31m\ufffe\uffff\ufdd0\u202e\u{10ffff}';
    expect(clipFrom({ title }).title).toBe(title);
  });

  it('duplicate keys, of which the last one counts', () => {
    const body = JSON.stringify(toJson(perfectClip())).replace('"title":', '"title":5,"title":');
    expect(parseClipInfo(body)).toStrictEqual(perfectClip());
  });

  it('prototype keys, which are unknown fields', () => {
    const body = JSON.stringify(toJson(perfectClip())).replace(
      '{',
      '{"__proto__":{"priority":9,"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,',
    );
    expect(parseClipInfo(body)).toStrictEqual(perfectClip());
    expect('polluted' in {}).toBe(false);
  });

  it('fields are never inherited', () => {
    const body = JSON.stringify(without(toJson(perfectClip()), 'title')).replace('{', '{"__proto__":{"title":"x"},');
    expect(() => parseClipInfo(body)).toThrow('title: must be text of 1–250 characters, but nothing came');
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing', '', 'ClipInfo refused: must be JSON, but 0 characters came: ""'],
    ['a half', '{"title":', 'must be JSON, but 9 characters came: "{\\"title\\":"'],
    ['a list', '[1,2]', 'ClipInfo refused: must be an object, but a list of 2 came'],
    ['text', '"x"', 'ClipInfo refused: must be an object, but "x" came'],
    ['null', 'null', 'ClipInfo refused: must be an object, but nothing came'],
    ['a number', '5', 'ClipInfo refused: must be an object, but the number 5 came'],
    ['XML', '<clip/>\n', 'must be JSON, but 8 characters came: "<clip/>\\u{a}"'],
  ])('%s for a message', (_, body, reason) => {
    expect(() => parseClipInfo(body)).toThrow(reason);
    expect(() => parseClipInfo(body)).toThrow(InvalidMessage);
  });

  it.each([
    ['title', 5, 'title: must be text of 1–250 characters, but the number 5 came'],
    ['title', true, 'title: must be text of 1–250 characters, but the boolean true came'],
    ['title', ['x'], 'title: must be text of 1–250 characters, but a list of 1 came'],
    ['title', '', 'title: must be text of 1–250 characters, but 0 ("") came'],
    ['title', null, 'title: must be text of 1–250 characters, but nothing came'],
    ['title', 'a\ud800b', 'title: must be well-formed Unicode, but a lone surrogate ("a\\u{d800}b") came'],
    ['title', '\udc00', 'title: must be well-formed Unicode'],
    ['description', {}, 'description: must be text of 0–16384 characters, but an object came'],
    ['curatorInformation', 0, 'curatorInformation: must be text of 0–250 characters, but the number 0 came'],
    ['priority', 1.5, 'priority: must be an integer from -2147483648 to 2147483647, but the number 1.5 came'],
    ['priority', '1.5', 'priority: must be an integer from -2147483648 to 2147483647, but "1.5" came'],
    ['priority', '1e-1', 'priority: must be an integer'],
    ['priority', '', 'priority: must be an integer'],
    ['priority', ' 5', 'priority: must be an integer'],
    ['priority', '5\n', 'priority: must be an integer'],
    ['priority', '+5', 'priority: must be an integer'],
    ['priority', '05', 'priority: must be an integer'],
    ['priority', '0x5', 'priority: must be an integer'],
    ['priority', '5.', 'priority: must be an integer'],
    ['priority', '1e999999999', 'priority: must be an integer'],
    ['priority', '5e-999999999', 'priority: must be an integer'],
    ['priority', `5.${'0'.repeat(70)}`, 'priority: must be an integer'],
    ['priority', 'NaN', 'priority: must be an integer'],
    ['priority', true, 'priority: must be an integer'],
    ['priority', [], 'priority: must be an integer'],
    ['initialDateCurated', null, 'initialDateCurated: must be an RFC 3339 timestamp of a real instant'],
    [
      'initialDateCurated',
      '2024-02-30T00:00:00Z',
      'no leap second, ≤ 9 fraction digits), but "2024-02-30T00:00:00Z" came',
    ],
    ['lastDateCurated', null, 'lastDateCurated: must be an RFC 3339 timestamp'],
    ['lastDateCurated', 1_709_280_000, 'lastDateCurated: must be an RFC 3339 timestamp'],
    ['lastDateCurated', '', 'lastDateCurated: must be an RFC 3339 timestamp'],
    ['id', 'abc', 'id: must be an ordinal of the collection in decimal digits (1, 2, 3 …), but "abc" came'],
    ['id', '-1', 'id: must be an ordinal'],
    ['id', '007', 'id: must be an ordinal'],
    ['id', '1.0', 'id: must be an ordinal'],
    ['id', 1.5, 'id: must be an ordinal'],
    ['id', '9007199254740992', 'id: must be an ordinal'],
    ['id', {}, 'id: must be an ordinal'],
  ])('a clip with the %s %j', (field, value, reason) => {
    expect(() => clipFrom({ [field]: value })).toThrow(reason);
    expect(() => clipFrom({ [field]: value })).toThrow(InvalidMessage);
  });

  it.each([
    ['episodeInfo', null, 'episodeInfo: must be an object, but nothing came'],
    ['episodeInfo', [], 'episodeInfo: must be an object, but a list of 0 came'],
    ['clipInfo', 'x', 'clipInfo: must be an object, but "x" came'],
    ['clipInfo', {}, 'clipInfo: must have an id, a mediaUri or a title, but has none'],
    ['researchDate', 'today', 'researchDate: must be an RFC 3339 timestamp'],
    ['episodeDuration', 'long', 'episodeDuration: must be an integer from 0 to 9007199254740992, but "long" came'],
    ['clipOffsets', '5', 'clipOffsets: must be a list of 0–10000 elements, but "5" came'],
    ['clipOffsets', { length: 1 }, 'clipOffsets: must be a list of 0–10000 elements, but an object came'],
    ['clipOffsets', [1, null], 'clipOffsets[1]: must be an integer from 0 to 9007199254740992, but nothing came'],
    ['clipScores', [0.1, 'x'], 'clipScores[1]: must be a number from 0 to 1, but "x" came'],
    ['clipScores', [0.1, 'NaN'], 'clipScores[1]: must be a number from 0 to 1'],
    ['clipScores', [0.1, null], 'clipScores[1]: must be a number from 0 to 1, but nothing came'],
    ['clipScores', [0.1, '9'.repeat(400)], 'clipScores[1]: must be a number from 0 to 1'],
    ['leaseId', 'my lease', 'leaseId: must be a UUID or nothing, but "my lease" came'],
    ['leaseId', '{0f8fad5b-d9cb-469f-a165-70867728950e}', 'leaseId: must be a UUID or nothing'],
    ['leaseId', '0f8fad5bd9cb469fa16570867728950e', 'leaseId: must be a UUID or nothing'],
    ['leaseId', '0f8fad5b-d9cb-469f-a165-70867728950e\n', 'leaseId: must be a UUID or nothing'],
    ['revokeLease', 'true', 'revokeLease: must be true or false, but "true" came'],
    ['revokeLease', 1, 'revokeLease: must be true or false, but the number 1 came'],
    ['failure', ['x'], 'failure: must be text, but a list of 1 came'],
    ['failure', '\ud83d', 'failure: must be well-formed Unicode'],
  ])('a result with the %s %j', (field, value, reason) => {
    expect(() => resultFrom({ [field]: value })).toThrow(reason);
    expect(() => resultFrom({ [field]: value })).toThrow(InvalidMessage);
  });

  it.each([
    ['leaseId', ''],
    ['leaseId', null],
    ['deadline', null],
    ['episode', null],
    ['clips', null],
    ['heartbeatSeconds', -1],
  ])('a work item with the %s %j', (field, value) => {
    const body = JSON.stringify({ ...toJson(perfectItem()), [field]: value });
    expect(() => parsePendingResearchItem(body)).toThrow(`${field}: must be`);
  });
});

describe('a refusal', () => {
  const refusal = (act: () => unknown): InvalidMessage => {
    try {
      act();
    } catch (error) {
      if (error instanceof InvalidMessage) return error;
    }
    throw new Error('An InvalidMessage was expected.');
  };

  it('names every field that is wrong', () => {
    const { reasons, message, name } = refusal(() => clipFrom({ title: '', priority: 'x', mediaType: 5 }));
    expect(reasons.map((reason) => reason.split(':')[0])).toEqual(['title', 'mediaType', 'priority']);
    expect(message).toBe(`ClipInfo refused: ${reasons.join('; ')}`);
    expect(name).toBe('InvalidMessage');
  });

  it('shows only the beginning of what came, and never cuts a character in two', () => {
    const { message } = refusal(() => clipFrom({ title: `a${'\u{1f600}'.repeat(300)}` }));
    expect(message).toBe(
      `ClipInfo refused: title: must be text of 1–250 characters, but 301 ("a${'\u{1f600}'.repeat(59)}…") came`,
    );
  });

  it('cannot forge a log line', () => {
    const hostile = 'x\r\n{"level":"INFO"}\u0000\u001b[2K\u2028\u2029\u0085\u202e\ud800\ufffe\u200b';
    const { message } = refusal(() => resultFrom({ leaseId: hostile }));
    expect(message).toContain(
      '"x\\u{d}\\u{a}{\\"level\\":\\"INFO\\"}\\u{0}\\u{1b}[2K\\u{2028}\\u{2029}\\u{85}\\u{202e}\\u{d800}\\u{fffe}\\u{200b}"',
    );
  });

  it('lists at most eight reasons and says how many more there are', () => {
    const { reasons, message } = refusal(() => resultFrom({ clipOffsets: Array(10_000).fill('x') }));
    expect(reasons).toHaveLength(8);
    expect(message).toMatch(/; and 9992 more$/);
  });

  it('fits with its dead letter into the queue: at most 8 KiB, whatever came', () => {
    const longest = '\u{10ffff}'.repeat(600);
    const fields = ['id', 'initialDateCurated', 'lastDateCurated', 'title', 'mediaUri', 'mediaType'];
    const wrong = Object.fromEntries(fields.map((field) => [field, longest]));
    const item = {
      ...wrong,
      episode: wrong,
      clips: Array(100).fill(wrong),
      leaseId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    };
    const { message } = refusal(() => parsePendingResearchItem(JSON.stringify(item)));
    expect(message.match(/10ffff}…"/g)).toHaveLength(8);
    expect(Buffer.byteLength(message)).toBeLessThan(8 * 1024);
  });
});

describe('a new entry', () => {
  const at = (lastDateCurated: string) =>
    perfectClip({ initialDateCurated: '2024-03-01T08:00:00.500Z', lastDateCurated });

  it.each(['2024-03-01T08:00:00.500Z', '2024-03-01T08:00:00.500001Z', '2025-01-01T00:00:00Z'])(
    'may have last been changed at %s, not before it was found',
    (last) => {
      expect(() => assertInsertable(at(last))).not.toThrow();
    },
  );

  it.each(['2024-03-01T08:00:00.499999999Z', '2024-03-01T08:00:00Z', '0001-01-01T00:00:00Z'])(
    'is refused when it was last changed at %s, before it was found',
    (last) => {
      expect(() => assertInsertable(at(last))).toThrow(
        `lastDateCurated: must not be before initialDateCurated (2024-03-01T08:00:00.500Z), but ${last} came`,
      );
      expect(() => assertInsertable(at(last))).toThrow(InvalidMessage);
    },
  );

  it('is not what parsing looks at: an update may be like that', () => {
    const clip = at('2020-01-01T00:00:00Z');
    expect(parseClipInfo(bodyOf(clip))).toStrictEqual(clip);
  });
});
