import fc from 'fast-check';

/**
 * Bodies of the four messages, as any producer may write them: both spellings of names, every spelling of numbers and
 * instants, nulls and unknown fields; and from there the nearly valid and the hostile.
 */

type Wire = Record<string, unknown>;

/** Any code points but lone surrogates: control characters, no characters, right-to-left marks, emoji. */
const text = (minLength: number, maxLength: number) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 8) }) },
    { weight: 20, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(maxLength, 8) }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a', '\u{1f600}', '\u0000', '\u2028', '\ufffe').map((c) => c.repeat(maxLength)),
    },
  );

const pad = (value: number, width: number) => String(value).padStart(width, '0');

const offset = fc.oneof(
  fc.constantFrom('Z', 'z', '+00:00', '-00:00'),
  fc
    .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([sign, hours, minutes]) => `${sign}${pad(hours, 2)}:${pad(minutes, 2)}`),
);

const timestamp = fc
  .tuple(
    // A day away from both ends, so that no offset leads out of the years 0001–9999.
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom('', ...['5', '05', '123', '1234', '123456', '120000', '1234567', '123456789'].map((d) => `.${d}`)),
    offset,
    fc.constantFrom('T', 't'),
  )
  .map(([date, digits, zone, t]) => `${date.toISOString().slice(0, 19).replace('T', t)}${digits}${zone}`);

/** The same integer as a number and in several spellings as text. */
const spelled = (integers: fc.Arbitrary<number>) =>
  fc.tuple(integers, fc.nat(4)).map(([value, spelling]): unknown => {
    if (spelling === 0) return value;
    if (spelling === 1) return `${value}.0`;
    if (spelling === 2) return `${BigInt(value) * 100n}e-2`;
    return `${value}`;
  });

const int32 = spelled(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const nanoseconds = spelled(fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 2 ** 53 - 1, 2 ** 53)));
const score = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, -0, 1, '0.5', '1e-3', 5e-324));
const ordinal = fc.oneof(
  fc.integer({ min: 1 }),
  fc.integer({ min: 1 }).map(String),
  fc.constantFrom('', '0', 0, '9007199254740991'),
);
const uuid = fc.tuple(fc.uuid(), fc.boolean()).map(([id, upper]) => (upper ? id.toUpperCase() : id));

/** Prototype keys among them: a JSON text may have them as own properties. */
const unknownFields = fc.constantFrom<[string, unknown][]>(
  [],
  [['__proto__', { title: 'inherited', priority: 1 }]],
  [['constructor', { prototype: { polluted: true } }]],
  [
    ['toString', 'x'],
    ['Title', 5],
    ['colour', [{ a: [null] }]],
  ],
);

/** @returns the message with some optional fields absent or null, some names in snake_case, and unknown fields. */
function wire(required: Record<string, fc.Arbitrary<unknown>>, optional: Record<string, fc.Arbitrary<unknown>>) {
  const nullable = Object.entries(optional).map(([name, value]) => [name, fc.option(value)]);
  const requiredKeys = Object.keys(required);
  return fc
    .tuple(
      fc.record({ ...required, ...Object.fromEntries(nullable) } as Wire as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys,
      }),
      fc.nat(),
      unknownFields,
    )
    .map(([fields, snake, unknown]): Wire => {
      const named = Object.entries(fields).map(([name, value], index) => [
        (snake >> index) % 2 ? snakeCase(name) : name,
        value,
      ]);
      return Object.fromEntries([...unknown, ...named]);
    });
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const curated = {
  initialDateCurated: timestamp,
  lastDateCurated: timestamp,
  mediaUri: text(1, 2048),
  mediaType: text(1, 16),
};
const described = {
  id: ordinal,
  curatorInformation: text(0, 250),
  description: text(0, 16_384),
  priority: int32,
  source: text(0, 250),
  sourceId: text(0, 2048),
  show: text(0, 250),
  revision: text(0, 128),
};

export const clipInfo = wire({ ...curated, title: text(1, 250) }, described);
export const episodeInfo = wire(curated, { ...described, title: text(0, 250), dateAired: timestamp });

/** As an older producer may still send it, whole, or as little as names a clip. */
const clipReference = fc.oneof(
  clipInfo,
  wire({ id: fc.integer({ min: 1 }).map(String) }, { title: text(0, 250), mediaUri: text(0, 2048) }),
  wire({ mediaUri: text(1, 2048) }, { title: text(0, 250), mediaType: text(0, 16), revision: text(0, 128) }),
);

const clipToFind = wire(
  { title: text(1, 250), mediaUri: text(1, 2048), mediaType: text(1, 16) },
  { id: ordinal, revision: text(0, 128), factsWanted: fc.boolean() },
);

export const pendingResearchItem = wire(
  {
    leaseId: uuid,
    episode: episodeInfo,
    clips: fc.array(fc.oneof(clipInfo, clipToFind), { minLength: 1, maxLength: 2 }),
    deadline: timestamp,
  },
  { heartbeatSeconds: spelled(fc.integer({ min: 0, max: 2 ** 31 - 1 })), reportEach: fc.boolean() },
);

const withPlays = (pair: fc.Arbitrary<Wire>) =>
  fc.tuple(pair, fc.array(fc.tuple(nanoseconds, score), { maxLength: 8 }), fc.boolean()).map(
    ([item, plays, scored]): Wire => ({
      ...item,
      clipOffsets: plays.map(([at]) => at),
      ...(scored && { clipScores: plays.map(([, sure]) => sure) }),
    }),
  );

const pairResult = withPlays(
  wire({ clipInfo: clipReference }, { clipDuration: nanoseconds, clipHash: text(0, 128), failure: text(0, 1000) }),
);

const range = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 53 - 100 }), fc.integer({ min: 0, max: 90 }), fc.nat(2))
  .map(([first, more, kind]) =>
    kind === 0 ? `${first}` : kind === 1 ? `${first}-${first + more}` : `${first + more}-${first}`,
  );

export const completedResearchItem = withPlays(
  wire(
    { episodeInfo },
    {
      researchDate: timestamp,
      clipInfo: clipReference,
      episodeDuration: nanoseconds,
      episodeHash: text(0, 128),
      clipDuration: nanoseconds,
      clipHash: text(0, 128),
      leaseId: fc.oneof(uuid, fc.constant('')),
      revokeLease: fc.boolean(),
      researcher: text(0, 128),
      analyzer: text(0, 128),
      failure: text(0, 1000),
      results: fc.array(pairResult, { maxLength: 3 }),
      notFound: fc.array(fc.oneof(range, fc.integer({ min: 1 })), { maxLength: 3 }),
      workingOn: fc.oneof(fc.integer({ min: 0 }), fc.integer({ min: 0 }).map(String), fc.constant('')),
    },
  ),
);

const deep = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.boolean())
  .map(([depth, list]) => JSON.parse((list ? '[' : '{"a":').repeat(depth) + 1 + (list ? ']' : '}').repeat(depth)));

/** Values that no field expects, or only just. */
const hostileValue = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom(
    '\ud800',
    'a\udc00',
    '\ud83d\ud83d',
    'x\r\nERROR forged',
    '\u001b[2J',
    '\ufffe',
    '\u0000',
    'é'.repeat(251),
  ),
  fc.constantFrom(-0, 2 ** 53, 2 ** 53 + 2, -1, 0.1, 1e21, '1e21', '1e999999999', '9'.repeat(5000)),
  fc.constantFrom('2024-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00', 'Infinity', 'NaN', ''),
  fc.constantFrom(null, true, {}, [], [null], [[]], { length: 3 }, 'true'),
  deep,
);

/** The message with one to three fields, at any depth, replaced by what does not belong there, or removed. */
export const nearly = (valid: fc.Arbitrary<Wire>) =>
  fc
    .tuple(
      valid,
      fc.array(fc.tuple(fc.nat(), fc.option(hostileValue, { nil: undefined })), { minLength: 1, maxLength: 3 }),
    )
    .map(([message, changes]) => changes.reduce((changed, [place, value]) => replaced(changed, place, value), message));

function replaced(message: Wire, place: number, value: unknown): Wire {
  const places: [Wire, string][] = [];
  const collect = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node).slice(0, 50)) {
      places.push([node as Wire, key]);
      if (places.length < 200) collect(child);
    }
  };
  const copy = structuredClone(message);
  collect(copy);
  const [node, key] = places[place % places.length] ?? [copy, 'title'];
  if (value === undefined) delete node[key];
  else Object.defineProperty(node, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** The text of a message with characters cut out, doubled, or strewn in. */
export const mangled = (valid: fc.Arbitrary<Wire>) =>
  fc
    .tuple(valid, fc.nat(), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }))
    .map(([message, place, length, junk]) => {
      const body = JSON.stringify(message);
      const at = place % body.length;
      return body.slice(0, at) + junk + body.slice(at + length);
    });

/** What is not even meant to be a message. */
export const garbage = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'u', 'd', '8', '0', ' ', 'e', '-') }),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);
