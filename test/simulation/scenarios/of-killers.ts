import type { Habits } from '../world/researchers.ts';
import type { Scenario, ScenarioOutcome } from './scenario.ts';
import { HOUR, MINUTE, Stage } from './stage.ts';

/** What a clip may cost that ends whoever works on it, beside nine that do not. */
const KILLER = 4;
const AT_MOST = 10;
const PAUSES = [30_000, 2 * MINUTE, 10 * MINUTE];
const FORGETTING = [
  { together: false, forgets: 1 },
  { together: true, forgets: 1 },
];

export const killerScenarios: readonly Scenario[] = [
  {
    name: 'a clip that kills every researcher',
    holds:
      'parked after at most 10 deaths, whether the dead come back after 30 s, 2 min or 10 min and say what they were at; every other pair done',
    run: () => mostOf([{ together: true, forgets: 0 }], (habits) => withClip('killer', habits)),
  },
  {
    name: 'a clip that kills researchers that remember nothing',
    holds:
      'parked after at most 10 deaths, whether they report one by one or together and come back after 30 s, 2 min or 10 min; every other pair done',
    run: () => mostOf(FORGETTING, (habits) => withClip('killer', habits)),
  },
  {
    name: 'a clip that was reported gets a file that kills',
    holds: 'parked after at most 10 deaths, as if nobody had reported it; every other pair done',
    run: () =>
      mostOf(FORGETTING, (habits) =>
        withClip('good', habits, async (stage) => {
          await stage.run(HOUR, () => reportedOf(stage) >= 3);
          await stage.replace(KILLER, 'killer');
        }),
      ),
  },
  {
    name: 'a clip that kills comes while everybody is busy',
    holds:
      'parked after at most 10 deaths, though work waits for hours until 20 researchers take it at about the same time',
    run: () =>
      mostOf(FORGETTING, async (habits) => {
        const stage = new Stage();
        await stage.insert('episode', 40);
        await stage.insert('clip', 30);
        const busy = { ...habits, paceMs: 10 * MINUTE, comesAfterMs: 0 };
        for (let one = 1; one <= 20; one++) stage.add(`named ${one}`, 'healthy', busy);
        await stage.run(HOUR);
        await stage.insert('clip', 1, { media: () => 'killer' });
        await stage.run(40 * 24 * HOUR, stage.allDone);
        return stage;
      }),
  },
  {
    name: 'a clip that kills in one episode',
    holds: 'at most 10 deaths; every other pair done',
    run: () =>
      mostOf(FORGETTING, (habits) =>
        withClip('good', { ...habits, endsAt: ({ id }, episode) => id === String(KILLER) && episode.id === '7' }),
      ),
  },
  {
    name: 'a clip that was reported begins to kill',
    holds: 'of work items made since it was struck it ends at most 10; every other pair done',
    run: () =>
      mostOf(
        FORGETTING,
        (habits) => {
          const stage = new Stage();
          const endsAt: Habits['endsAt'] = ({ id }) => id === String(KILLER) && reportedOf(stage) >= 3;
          return withClip('good', { ...habits, endsAt }, undefined, stage);
        },
        deathsSinceStruck,
      ),
  },
];

/** The worst of all habits, whenever the dead come back. */
async function mostOf(
  habits: readonly Habits[],
  staged: (habits: Habits) => Promise<Stage>,
  deathsIn = ({ researchers }: Stage) => researchers.reduce((sum, { deaths }) => sum + deaths, 0),
): Promise<ScenarioOutcome> {
  let most = 0;
  let held = true;
  let stage = new Stage();
  for (const habit of habits) {
    for (const pauseMs of PAUSES) {
      stage = await staged({ ...habit, pauseMs });
      most = Math.max(most, deathsIn(stage));
      held &&= stage.allDone() && stage.parked > 0 && most <= AT_MOST && stage.world.violation === undefined;
      if (!held) return stage.outcome(most, 'deaths', held);
    }
  }
  return stage.outcome(most, 'deaths', held);
}

/** Five researchers, forty episodes, and ten clips of which one is as said. @param meanwhile what happens before the end */
async function withClip(
  media: string,
  habits: Habits,
  meanwhile?: (stage: Stage) => Promise<void>,
  stage = new Stage(),
): Promise<Stage> {
  await stage.insert('episode', 40);
  await stage.insert('clip', 10, { media: (number) => (number === KILLER ? media : 'good') });
  for (let one = 1; one <= 5; one++) stage.add(`named ${one}`, 'healthy', { paceMs: 5_000, ...habits });
  await meanwhile?.(stage);
  await stage.run(40 * 24 * HOUR, stage.allDone);
  return stage;
}

/** In so many episodes the clip has a result. */
const reportedOf = ({ world }: Stage): number =>
  [...world.truth.reported].filter((pair) => pair.endsWith(`/${KILLER}`)).length;

function deathsSinceStruck({ world: { truth } }: Stage): number {
  const struckAt = [...truth.strikes].flatMap(([thing, strikes]) =>
    thing.startsWith(`clip ${KILLER}/`) ? strikes.map(({ at }) => at) : [],
  );
  const first = Math.min(...struckAt);
  return [...truth.fellAt].filter(([lease, clip]) => clip === KILLER && (truth.leases.get(lease)?.at ?? 0) > first)
    .length;
}
