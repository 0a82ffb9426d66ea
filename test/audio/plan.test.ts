import { randomFrom } from '../../audio/random.ts';
import { type Plan, planned } from '../../audio/test-set/plan.ts';
import { PLAY_CLASSES, playClasses } from '../../audio/test-set/play-classes.ts';
import { sentence } from '../../audio/test-set/sentences.ts';

const hour = planned('1', 60, 100, 'standard');
const idsPlayed = (plan: Plan): Set<string> => new Set(plan.plays.map((play) => play.clip.id));

test('An hour with 100 clips has about 324 plays, and exactly the present clips play', () => {
  expect(hour.plays.length).toBeGreaterThan(280);
  expect(hour.plays.length).toBeLessThanOrEqual(324);
  expect(hour.listed).toHaveLength(100);
  expect(hour.listed.filter((clip) => clip.present)).toHaveLength(70);
  expect([...idsPlayed(hour)].sort()).toEqual(hour.listed.filter((clip) => clip.present).map((clip) => clip.id));
});

test('Plays and gaps fit into the episode', () => {
  for (const seed of ['1', '2', '3', '101']) {
    for (const minutes of [1, 2, 60]) {
      const { plays } = planned(seed, minutes, 100, 'standard');
      const seconds = plays.reduce((sum, play) => sum + play.gapSeconds + play.clip.seconds, 0);
      expect(plays.length).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(minutes * 60);
    }
  }
});

test('Clips last 1 to 20 seconds and are of four kinds; near-duplicates are absent and copy a present clip', () => {
  const byId = new Map(hour.listed.map((clip) => [clip.id, clip]));
  expect(new Set(hour.listed.map((clip) => clip.kind)).size).toBe(4);
  const variants = hour.listed.filter((clip) => clip.variantOf !== undefined);
  expect(variants.length).toBeGreaterThanOrEqual(5);
  for (const clip of variants) {
    const original = byId.get(clip.variantOf ?? '');
    expect({ present: clip.present, original: original?.present, kind: clip.kind }).toEqual({
      present: false,
      original: true,
      kind: original?.kind,
    });
  }
  for (const clip of hour.listed) {
    expect(clip.seconds).toBeGreaterThanOrEqual(1);
    expect(clip.seconds).toBeLessThanOrEqual(20);
  }
});

test.each([
  ['standard', 0, 6],
  ['quiet', -9, 0],
] as const)('In the profile %s plays over talk are %d to %d dB above it', (profile, low, high) => {
  const levels = planned('1', 60, 100, profile)
    .plays.filter((play) => play.class === 'over talk')
    .map((play) => play.overTalkDb ?? Number.NaN);
  expect(levels.length).toBeGreaterThan(50);
  expect(Math.min(...levels)).toBeGreaterThanOrEqual(low);
  expect(Math.min(...levels)).toBeLessThan(low + 1);
  expect(Math.max(...levels)).toBeLessThanOrEqual(high);
  expect(Math.max(...levels)).toBeGreaterThan(high - 1);
});

test('In the profile foreign as many clips are listed, and none of them plays', () => {
  const foreign = planned('1', 60, 100, 'foreign');
  expect(foreign.listed).toHaveLength(100);
  expect(foreign.plays.length).toBeGreaterThan(280);
  expect(foreign.listed.filter((clip) => clip.present || idsPlayed(foreign).has(clip.id))).toEqual([]);
});

test('The same seed plans the same set, another seed another one', () => {
  expect(planned('1', 60, 100, 'standard')).toEqual(hour);
  expect(planned('2', 60, 100, 'standard')).not.toEqual(hour);
});

test('Classes come in their proportions in an hour, and all of them as soon as there are ten plays', () => {
  const count = (classes: readonly string[], kind: string): number => classes.filter((name) => name === kind).length;
  const ofHour = playClasses(randomFrom('classes'), 324);
  for (const [kind, number] of Object.entries(PLAY_CLASSES)) expect(count(ofHour, kind)).toBe(number);
  for (let seed = 0; seed < 50; seed++) {
    expect(new Set(playClasses(randomFrom(`${seed}`), 10)).size).toBe(10);
  }
  expect(playClasses(randomFrom('classes'), 3)).toHaveLength(3);
});

test('Sentences of talk hardly ever repeat', () => {
  const random = randomFrom('talk');
  const said = Array.from({ length: 2_000 }, () => sentence(random));
  expect(new Set(said).size).toBe(2_000);
});
