import { free } from '../invariants/oracle.ts';
import { EPOCH } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { HOUR, MINUTE, Stage } from './stage.ts';

/** What bad researchers may cost. */
export const researcherScenarios: readonly Scenario[] = [
  {
    name: 'killed after k of 100 clips',
    holds: 'the other clips, and only those, assignable again within 18 minutes; one pair struck',
    async run() {
      let slowest = 0;
      let held = true;
      let stage = new Stage();
      for (const diesAfter of [0, 1, 37, 99]) {
        stage = new Stage();
        await stage.insert('episode', 1);
        await stage.insert('clip', 100);
        stage.add('mortal', 'healthy', { paceMs: 10_000, comesAfterMs: 2 * MINUTE, pauseMs: 48 * HOUR, diesAfter });
        const mortal = stage.researchers[0];
        await stage.run(6 * HOUR, () => (mortal?.deaths ?? 0) > 0);
        const { truth, archive } = stage.world;
        const lease = [...truth.leases.keys()][0] ?? '';
        await stage.run(10 * HOUR, () => truth.ended.has(lease));
        const lastSign = Math.max(...(truth.ofLease.get(lease) ?? []).map(({ sentAt }) => sentAt));
        slowest = Math.max(slowest, stage.world.now - lastSign);
        const ledger = archive.state.ledgers.get(1);
        if (ledger === undefined) throw new Error('The episode has no ledger');
        const back = free({ ...ledger, leases: [] }, archive.state.clip.values()).length;
        held &&= back === 100 - diesAfter && ledger.pairStrikes.size === 1 && stage.world.violation === undefined;
      }
      return stage.outcome(slowest / MINUTE, 'minutes', held && slowest <= 18 * MINUTE);
    },
  },
  {
    name: 'one that fails everything beside five healthy',
    holds:
      'four hours of work are done in at most 1.25 times the time in the mean of four seeds, in none 90 minutes later; nothing parked',
    async run() {
      // What it failed last rests 15 minutes, and with it, now and then, what is left of the last episode, several times: as
      // much later at the end, however long the work is. How often that comes is luck, of which one seed says little.
      const timed = async (seed: number, failing: boolean) => {
        const stage = new Stage({ seed });
        const habits = { paceMs: 40_000, pauseMs: 5_000, together: seed % 2 === 0 };
        await stage.insert('episode', 60);
        await stage.insert('clip', 40);
        for (let one = 1; one <= 5; one++) stage.add(`good ${one}`, 'healthy', habits);
        if (failing) stage.add('bad', 'fails everything', habits);
        await stage.run(96 * HOUR, stage.allDone);
        return stage;
      };
      const seeds = [1, 2, 3, 4];
      let mean = 0;
      let held = true;
      let stage = new Stage();
      for (const seed of seeds) {
        const alone = (await timed(seed, false)).now;
        stage = await timed(seed, true);
        mean += stage.now / alone / seeds.length;
        held &&= stage.allDone() && stage.parked === 0 && stage.world.violation === undefined;
        held &&= stage.now - alone <= 90 * MINUTE;
        if (!held) break;
      }
      return stage.outcome(mean, 'times the time', held && mean <= 1.25);
    },
  },
  {
    name: 'one that takes an item every ten minutes and is never heard of again',
    holds: 'the others reach at least 90 % of their throughput',
    async run() {
      const reported = async (taking: boolean) => {
        const stage = new Stage();
        await stage.insert('episode', 300);
        await stage.insert('clip', 40);
        for (let one = 1; one <= 3; one++)
          stage.add(`good ${one}`, 'healthy', { paceMs: 6_000, pauseMs: 5_000, comesAfterMs: 0 });
        if (taking) stage.add('taker', 'dies on receipt', { pauseMs: 10 * MINUTE, comesAfterMs: 0 });
        await stage.run(6 * HOUR);
        return { stage, pairs: stage.researchers.reduce((sum, one) => sum + one.reports, 0) };
      };
      const undisturbed = await reported(false);
      const disturbed = await reported(true);
      const share = disturbed.pairs / undisturbed.pairs;
      return disturbed.stage.outcome(100 * share, '% of the throughput', share >= 0.9);
    },
  },
  {
    name: '48 hours without any researcher',
    holds: 'no strike, nothing parked, and the first sign of life is answered within two runs',
    async run() {
      const stage = new Stage();
      await stage.insert('episode', 3);
      await stage.insert('clip', 150);
      await stage.run(48 * HOUR);
      const quiet = stage.strikes === 0 && stage.parked === 0;
      const before = stage.world.truth.leases.size;
      stage.add('first', 'healthy', { paceMs: 30_000, comesAfterMs: 0 });
      const { truth } = stage.world;
      const signed = () => [...truth.ofLease.values()].flat().length > 0;
      await stage.run(49 * HOUR, signed);
      const since = stage.now;
      await stage.run(50 * HOUR, () => truth.leases.size > before);
      const runs = Math.ceil((stage.now - since) / MINUTE);
      return stage.outcome(runs, 'runs', quiet && runs <= 2);
    },
  },
  {
    name: 'an outage of the media host',
    holds: 'of 3 minutes, 10 minutes, 4 hours, 12 hours: nothing parked, all done in the end',
    async run() {
      let parked = 0;
      let held = true;
      let stage = new Stage();
      for (const lasting of [3 * MINUTE, 10 * MINUTE, 4 * HOUR, 12 * HOUR]) {
        stage = new Stage();
        await stage.insert('episode', 25);
        await stage.insert('clip', 20);
        const { world } = stage;
        const hostDown = () => world.now - EPOCH >= 20 * MINUTE && world.now - EPOCH < 20 * MINUTE + lasting;
        for (let one = 1; one <= 5; one++)
          stage.add(`good ${one}`, 'healthy', { paceMs: 20_000, pauseMs: 5_000, hostDown });
        await stage.run(30 * 24 * HOUR, stage.allDone);
        parked += stage.parked;
        held &&= stage.allDone() && world.violation === undefined;
      }
      return stage.outcome(parked, 'given up', held && parked === 0);
    },
  },
  {
    name: '100 dead clips at the highest priority',
    holds: 'delay the first good clip by at most 3 work items',
    async run() {
      const stage = new Stage();
      await stage.insert('episode', 10);
      const dead = (number: number) => number <= 100;
      await stage.insert('clip', 200, {
        media: (n) => (dead(n) ? 'dead' : 'good'),
        priority: (n) => (dead(n) ? 9 : 0),
      });
      stage.add('only', 'healthy', { paceMs: 2_000, pauseMs: 5_000 });
      const { truth } = stage.world;
      await stage.run(24 * HOUR, () => truth.reported.size > 0);
      const items = (stage.researchers[0]?.items ?? 0) - 1;
      return stage.outcome(items, 'work items before', truth.reported.size > 0 && items <= 3);
    },
  },
];
