import { ClipFetches } from '../../../researcher/worker/clip-fetches.ts';
import { someClip } from './support/work.ts';

const never = () => Promise.reject(new Error('not asked for'));

/** Fetches of so many clips, and what was told of their files. */
function fetches(count: number, isKept: (index: number) => boolean = () => false) {
  const fetched: number[] = [];
  const released: number[] = [];
  const identified: [number, string][] = [];
  const clips = Array.from({ length: count }, (_, i) => someClip(i + 1));
  const made = new ClipFetches(clips, {
    fetch: never,
    fetchUnlessKept: async (_, index) => {
      if (isKept(index)) return { hash: `hash ${index}` };
      fetched.push(index);
      const identify = (hash: string) => void identified.push([index, hash]);
      return { path: String(index), bytes: 1, identify, release: async () => void released.push(index) };
    },
    onLocalTrouble: () => undefined,
  });
  return { made, fetched, released, identified };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('No more files are held than two blocks, and the next ones come as they are done', async () => {
  const { made, fetched, released } = fetches(1_000);
  await settled();
  expect(fetched.length).toBeGreaterThanOrEqual(256);
  expect(fetched.length).toBeLessThan(256 + 4);
  for (let index = 0; index < 100; index++) made.done(index);
  await made.sources[350];
  await settled();
  expect(fetched.length).toBeLessThan(356 + 4);
  expect(released).toHaveLength(100);
  await made.close();
  expect(released).toHaveLength(fetched.length);
});

test('Clips whose features are kept hold nothing', async () => {
  const { made, fetched } = fetches(1_000, (index) => index !== 999);
  expect(await made.sources[999]).toBe('999');
  expect(await made.sources[500]).toMatchObject({ hash: 'hash 500' });
  expect(fetched).toEqual([999]);
  await made.close();
});

test('What a clip contained is told to its file', async () => {
  const { made, identified, released } = fetches(2);
  await made.sources[1];
  made.done(0, 'abc');
  made.done(1);
  await made.close();
  expect(identified).toEqual([[0, 'abc']]);
  expect(released).toEqual([0, 1]);
});
