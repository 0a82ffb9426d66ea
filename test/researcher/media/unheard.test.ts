import { demandHeard } from '../../../researcher/media/demand-heard.ts';
import { MOST_STRETCHES, UnheardLog } from '../../../researcher/media/unheard.ts';
import { babble, flac, mp3, wav } from './audio.ts';
import { decoded } from './decoded.ts';

jest.setTimeout(60_000);

const SECOND = 1_000;
const log = (...holes: [from: number, samples: number][]): UnheardLog => {
  const all = new UnheardLog();
  for (const [from, samples] of holes) all.add(from, samples, 'damaged');
  return all;
};

test('Holes are told in nanoseconds, with all of their share', () => {
  expect(log([2 * SECOND, 500], [9 * SECOND, SECOND]).told(10 * SECOND, SECOND)).toEqual({
    unheard: [
      { fromNs: 2e9, toNs: 2.5e9, why: 'damaged' },
      { fromNs: 9e9, toNs: 10e9, why: 'damaged' },
    ],
    unheardShare: 0.15,
  });
});

test.each([
  [99, 0],
  [100, 1],
])('Of a hole of %i ms there is %i stretch, and the share', (samples, stretches) => {
  const { unheard, unheardShare } = log([0, samples]).told(10 * SECOND, SECOND);
  expect(unheard).toHaveLength(stretches);
  expect(unheardShare).toBe(samples / 10_000);
});

test.each([
  [999, 1],
  [1_000, 2],
])('Holes %i ms apart are %i, for no clip has room between the first', (distance, stretches) => {
  const { unheard } = log([0, 200], [200 + distance, 200]).told(10 * SECOND, SECOND);
  expect(unheard).toHaveLength(stretches);
});

test('What is missing behind the end counts as a part of the whole', () => {
  const all = new UnheardLog();
  all.add(4 * SECOND, 6 * SECOND, 'missing');
  const told = all.told(4 * SECOND, SECOND);
  expect(told).toEqual({ unheard: [{ fromNs: 4e9, toNs: 10e9, why: 'missing' }], unheardShare: 0.6 });
  expect(() => demandHeard(told)).toThrow(
    'only 40 % of it can be heard (at least 50 % are needed): 0:00:04–0:00:10 is missing',
  );
});

test('More holes than are told are joined where they are nearest', () => {
  const holes = Array.from({ length: MOST_STRETCHES + 50 }, (_, i): [number, number] => [i * (5 * SECOND + i), SECOND]);
  const { unheard } = log(...holes).told(1_000 * SECOND, SECOND);
  expect(unheard).toHaveLength(MOST_STRETCHES);
  expect(unheard[0]).toMatchObject({ fromNs: 0 });
  expect(unheard.at(-1)!.toNs).toBe(((holes.at(-1)![0] + SECOND) / SECOND) * 1e9);
});

test('Half of it is enough', () => {
  expect(() => demandHeard({ unheard: [], unheardShare: 0.5 })).not.toThrow();
  expect(() => demandHeard({ unheard: [], unheardShare: 0.51 })).toThrow('in many short pieces');
});

describe('the end of a file that was cut off', () => {
  const sound = babble(1, 10);

  test('is told of WAV', async () => {
    const bytes = wav(sound);
    const { unheard, unheardShare, durationNs } = await decoded(bytes.subarray(0, 44 + (bytes.length - 44) / 2));
    expect(durationNs).toBe(5e9);
    expect(unheard).toEqual([{ fromNs: 5e9, toNs: 10e9, why: 'missing' }]);
    expect(unheardShare).toBe(0.5);
  });

  test('is told of FLAC', async () => {
    const bytes = await flac([Int32Array.from(sound, (value) => Math.round(value * 32_767))]);
    const { unheard } = await decoded(bytes.subarray(0, bytes.length / 2));
    expect(unheard).toEqual([{ fromNs: expect.any(Number), toNs: 10e9, why: 'missing' }]);
  });

  test('is told of MP3 whose first frame says how many follow', async () => {
    const frames = await mp3(sound);
    const tag = Buffer.from(frames.subarray(0, 208));
    tag.fill(0, 4);
    tag.write('Info', 21);
    tag.writeUInt32BE(1, 25);
    tag.writeUInt32BE(Math.round((10 * 44_100) / 1_152), 29);
    const { unheard, durationNs } = await decoded(Buffer.concat([tag, frames.subarray(0, frames.length / 2)]));
    expect(unheard).toEqual([{ fromNs: durationNs, toNs: expect.any(Number), why: 'missing' }]);
    expect(unheard[0]!.toNs / 1e9).toBeCloseTo(10, 0);
  });
});

test('A stretch of MP3 that was overwritten is told where it is', async () => {
  const bytes = Buffer.from(await mp3(babble(1, 20))).fill(0, 20_000, 60_000);
  const { unheard } = await decoded(bytes);
  expect(unheard).toHaveLength(1);
  const [{ fromNs, toNs, why }] = unheard as [(typeof unheard)[0]];
  expect(why).toBe('damaged');
  expect(fromNs / 1e9).toBeCloseTo((20_000 * 8) / 64_000, 0);
  expect(toNs / 1e9).toBeCloseTo((60_000 * 8) / 64_000, 0);
});
