import { NO_FAULTS, type Plan, type SeedHabits, USUAL_HABITS, usualPlanOf } from './plan.ts';
import { Random } from './random.ts';

/*
 * Half of the seeds are of no profile: everything may happen in them, and little of it at the same time. In the others one
 * kind of situation comes again and again that most seeds never see.
 */

const MINUTE = 60_000;

type Profile = (plan: Plan, random: Random) => Plan;

const withHabits = (plan: Plan, habits: Partial<SeedHabits>): Plan => ({
  ...plan,
  habits: { ...USUAL_HABITS, ...habits },
});

/** Nothing else disturbs in half of the seeds: rules that are asked of undisturbed runs only are asked then. */
const seldomDisturbed = (plan: Plan, random: Random): Plan =>
  random.chance(0.5) ? { ...plan, faults: NO_FAULTS } : plan;

/** For so many minutes: what comes often need not go on for long. */
function lasting(plan: Plan, minutes: number): Plan {
  const troubleMs = minutes * MINUTE;
  return { ...plan, troubleMs, patienceMs: plan.patienceMs - plan.troubleMs + troubleMs };
}

/** Sources replace recordings all the time, most of them within runs that go on for long while others run beside them. */
const renewed: Profile = (plan, random) =>
  withHabits(
    {
      ...lasting(plan, random.int(30, 60)),
      faults: { ...NO_FAULTS, slow: 0.05 + 0.15 * random.next() },
      crowd: undefined,
      drainOutage: undefined,
      recordings: random.int(15, 50),
      episodes: random.int(1, 3),
      clips: random.int(2, 5),
      dead: 0,
      killers: 0,
      operations: 0,
      researchers: [...plan.researchers.slice(0, 2), 'healthy', 'healthy', 'reports late'],
    },
    { everyMs: random.int(10_000, 20_000), asksWithinMs: 3_000, comesWithinMs: MINUTE },
  );

/** Files move while researchers are at work on them, and many of the new ones cannot be fetched. */
const moved: Profile = (plan, random) =>
  withHabits(
    {
      ...seldomDisturbed(lasting(plan, random.int(30, 60)), random),
      recordings: 0,
      episodes: random.int(5, 9),
      clips: random.int(2, 5),
      dead: random.of([0.2, 0.6]),
      killers: 0,
      researchers: ['slow', 'slow', 'reports late', 'healthy'],
    },
    { moves: random.int(20, 50), comesWithinMs: 2 * MINUTE },
  );

/** The entries of a show take few addresses from each other, there and back, while slow runs take that in. */
const shared: Profile = (plan, random) =>
  withHabits(
    {
      ...lasting(plan, random.int(20, 60)),
      clips: random.int(4, 7),
      episodes: random.int(4, 7),
      curations: random.int(20, 50),
    },
    { sourced: 0.9, addresses: 2, hearsay: 0.3, callMs: random.int(300, 1_500) },
  );

/** More work waits than is taken: researchers come late, and to items that wait together. */
const waiting: Profile = (plan, random) =>
  withHabits(
    {
      ...seldomDisturbed(plan, random),
      settings: { ...plan.settings, minimumWaiting: random.int(4, 8), clipsPerItem: random.int(1, 2) },
      clips: random.int(5, 9),
      episodes: random.int(2, 5),
    },
    { comesWithinMs: 60 * MINUTE },
  );

/** An operator revokes what is silent, at the time at which it would lapse. */
const impatient: Profile = (plan, random) =>
  withHabits(
    {
      ...seldomDisturbed(plan, random),
      researchers: ['dies after some clips', 'dies on receipt', 'hangs but ticks', 'healthy', ...plan.researchers],
    },
    { impatience: 0.3 + 0.5 * random.next() },
  );

/** Researchers tell what they report by its names, and those are others' by then. */
const named: Profile = (plan, random) =>
  withHabits(
    { ...plan, recordings: 0, clips: random.int(3, 7), curations: random.int(10, 30) },
    { nameless: 0.5, mistitled: 0.5, byName: 0.7, titles: 1_000, sourced: 0.7, addresses: random.int(3, 5) },
  );

/** For many minutes more comes to the queue of results than runs can take: what was sent before them is left behind. */
const crowded: Profile = (plan, random) => {
  const from = random.int(1, 3) * MINUTE;
  const to = from + random.int(15, 30) * MINUTE;
  const crowd = { from, to, paceMs: random.int(3_000, 8_000), waiting: random.int(15, 40) };
  const busy = { episodes: random.int(6, 10), clips: random.int(5, 8), dead: 0, killers: 0 };
  return withHabits(
    {
      ...seldomDisturbed(lasting(plan, 40), random),
      ...busy,
      drainOutage: undefined,
      crowd,
      settings: { ...plan.settings, minimumWaiting: 3 },
      researchers: ['healthy', 'slow', 'healthy', 'slow', 'reports twice'],
    },
    { comesWithinMs: 3 * MINUTE },
  );
};

/** More episodes than one run may look at again, and few clips that rest and come back for all of them. */
const broad: Profile = (plan, random) =>
  withHabits(
    {
      ...seldomDisturbed(lasting(plan, random.int(20, 40)), random),
      episodes: random.int(103, 112),
      clips: 1,
      curations: random.int(0, 3),
      dead: 0,
      killers: 0,
      crowd: undefined,
      researchers: ['fails everything', 'fails everything', 'healthy'],
      pageBytes: 1_048_576,
    },
    { comesWithinMs: 2 * MINUTE },
  );

/** More clips fail between two drains than one transaction may strike. */
const bulky: Profile = (plan, random) =>
  withHabits(
    {
      ...seldomDisturbed(lasting(plan, 40), random),
      settings: { ...plan.settings, clipsPerItem: 130, minimumWaiting: 2 },
      episodes: 2,
      clips: random.int(105, 125),
      curations: random.int(0, 3),
      recordings: 0,
      dead: 0,
      killers: 0,
      crowd: undefined,
      drainOutage: { from: 0, to: 15 * MINUTE },
      researchers: ['fails everything', 'fails everything', 'fails everything'],
      pageBytes: 1_048_576,
    },
    { comesWithinMs: 2 * MINUTE, stopped: 0.001 },
  );

/** Of a hundred seeds so many are of each; the rest are of none. */
const PROFILES: readonly (readonly [number, Profile])[] = [
  [12, renewed],
  [8, moved],
  [6, shared],
  [5, waiting],
  [5, impatient],
  [8, named],
  [5, crowded],
  [2, broad],
  [3, bulky],
];

export function planOf(seed: number): Plan {
  const plan = usualPlanOf(seed);
  const random = new Random(seed * 17 + 3);
  let drawn = random.int(0, 99);
  for (const [often, profile] of PROFILES) {
    drawn -= often;
    if (drawn < 0) return profile(plan, random);
  }
  return plan;
}
