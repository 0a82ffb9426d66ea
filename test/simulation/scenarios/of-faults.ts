import { checkEnd } from '../invariants/end-rules.ts';
import { settingsDivided } from '../world/plan.ts';
import { EPOCH, TROUBLES } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { HOUR, MINUTE, Stage } from './stage.ts';

/** What crashes, clocks, queues and outages may cost: nothing. */
export const faultScenarios: readonly Scenario[] = [
  {
    name: 'a trouble at every single step',
    holds:
      'crash before, crash after, unknown outcome, throttling, conflict, done but conflict: no rule broken, all done',
    async run() {
      let troubles = 0;
      let steps = 0;
      let stage = new Stage();
      for (const trouble of TROUBLES) {
        for (let call = 1; ; call++) {
          stage = new Stage();
          await stage.insert('episode', 2);
          await stage.insert('clip', 3, { media: (number) => (number === 2 ? 'killer' : 'good') });
          stage.world.troubleAt = { call, trouble };
          for (let one = 1; one <= 2; one++)
            stage.add(`named ${one}`, 'healthy', { paceMs: 5_000, comesAfterMs: 0, pauseMs: 5_000 });
          const good = () =>
            [...stage.world.archive.state.ledgers.values()].every((ledger) => ledger.researched.size === 2);
          await stage.run(90 * MINUTE, () => good() && stage.world.calls > call);
          steps += stage.world.scheduler.steps;
          if (!good() && stage.world.violation === undefined)
            stage.world.violate('END', `${trouble} at call ${call} blocks`);
          if (stage.world.violation !== undefined || stage.world.calls < call || call >= CALLS) break;
          troubles++;
        }
        if (stage.world.violation !== undefined) break;
      }
      return { ...stage.outcome(troubles, 'troubles', troubles >= TROUBLES.length * 50), steps };
    },
  },
  {
    name: 'clocks that differ',
    holds: 'every function 5 seconds fast or slow, every combination: no rule broken, all done',
    async run() {
      let combinations = 0;
      let held = true;
      let stage = new Stage();
      for (let bits = 0; bits < 16; bits++) {
        const skew = (bit: number) => ((bits >> bit) & 1 ? 5_000 : -5_000);
        const skewMs = { assign: skew(0), record: skew(1), clips: skew(2), episodes: skew(3) };
        stage = new Stage({ skewMs, researcherSkewMs: 10 * MINUTE, seed: bits + 1 });
        await stage.insert('episode', 3);
        await stage.insert('clip', 20);
        for (let one = 1; one <= 2; one++) stage.add(`good ${one}`, 'healthy', { paceMs: 20_000 });
        stage.add('mortal', 'dies after some clips', { paceMs: 20_000, diesAfter: 5 });
        await stage.run(30 * 24 * HOUR, stage.allDone);
        if (stage.allDone()) checkEnd(stage.world);
        held &&= stage.allDone() && stage.world.violation === undefined;
        if (!held) break;
        combinations++;
      }
      return stage.outcome(combinations, 'combinations', held);
    },
  },
  {
    name: 'everything delivered three times and shuffled',
    holds: 'the same findings, researched and parked sets',
    async run() {
      const ended = async (times: number) => {
        const stage = new Stage({ reordered: times > 1 ? 0.9 : 0 });
        await stage.insert('episode', 6);
        await stage.insert('clip', 30, { media: (number) => (number % 10 === 0 ? 'dead' : 'good') });
        for (const queue of [stage.world.archive.completedMessages]) {
          const send = queue.send.bind(queue);
          queue.send = (body) => {
            for (let again = 1; again < times; again++) {
              const said = stage.world.truth;
              const id = send(body);
              stage.world.scheduler.after(0, () => said.said.set(id, said.bodies.get(body)!));
            }
            return send(body);
          };
        }
        for (let one = 1; one <= 5; one++) stage.add(`good ${one}`, 'healthy', { paceMs: 6_000 });
        await stage.run(40 * 24 * HOUR, stage.allDone);
        const { findings, ledgers, clip } = stage.world.archive.state;
        const sets = [
          ...[...findings].map(
            ([pair, found]) => `found ${pair} ${found.map(({ offsetsNs }) => offsetsNs.join()).join(' or ')}`,
          ),
          ...[...ledgers.values()].map(
            (ledger) => `done ${ledger.episode} ${[...ledger.researched].join()} ${[...ledger.parked.keys()].join()}`,
          ),
          ...[...clip.values()]
            .filter(({ strikes }) => (strikes?.count ?? 0) >= 4)
            .map(({ ordinal }) => `parked ${ordinal}`),
        ];
        return { stage, sets: new Set(sets) };
      };
      const once = await ended(1);
      const thrice = await ended(3);
      const both = [...once.sets].filter((one) => thrice.sets.has(one)).length;
      const differing = once.sets.size + thrice.sets.size - 2 * both;
      return thrice.stage.outcome(differing, 'differences', differing === 0 && once.sets.size > 10);
    },
  },
  {
    name: 'the drain stopped for 40 minutes',
    holds: 'no lease ends, no pair is researched twice',
    async run() {
      const outage = { from: 30 * MINUTE, to: 70 * MINUTE };
      const stage = new Stage({ drainOutage: outage });
      await stage.insert('episode', 40);
      await stage.insert('clip', 60);
      for (let one = 1; one <= 5; one++)
        stage.add(`good ${one}`, 'healthy', { paceMs: 20_000, pauseMs: 5_000, comesAfterMs: 0 });
      await stage.run(outage.from);
      const { truth } = stage.world;
      await stage.run(outage.from + 2 * MINUTE);
      const before = truth.ended.size;
      await stage.run(outage.to - MINUTE);
      const endedMeanwhile = truth.ended.size - before;
      await stage.run(6 * HOUR);
      const results = [...truth.said.values()].filter(({ kind }) => kind === 'result').length;
      const twice = results - truth.reported.size;
      return stage.outcome(
        endedMeanwhile + twice,
        'leases ended or pairs done twice',
        endedMeanwhile + twice === 0 && results > 500,
      );
    },
  },
  {
    name: '300 researchers and a queue that is never empty',
    holds: 'drainedUntil lags at most 2 minutes, no false lapse',
    async run() {
      const settings = { ...settingsDivided(1, 100), silenceLimit: 60, heartbeat: 20 };
      const stage = new Stage({ settings });
      await stage.insert('episode', 5);
      await stage.insert('clip', 120);
      const { archive, scheduler, truth } = stage.world;
      for (const ledger of archive.state.ledgers.values()) {
        const made = Array.from({ length: 60 }, (_, pair) => {
          const clips = [2 * pair + 1, 2 * pair + 2];
          return { id: stage.world.newLeaseId(), clips, left: clips, created: EPOCH, researcher: '' };
        });
        for (const { id, clips } of made) truth.leases.set(id, { episode: ledger.episode, clips, at: EPOCH });
        const position = `${EPOCH + HOUR}#${ledger.rank}`;
        await archive.ledgers.write({ ledger: { ...ledger, leases: made, state: 'WAITING', position } });
        for (const { id } of made) stage.chatter(id, ledger.episode, 2_400);
      }
      // Four receives of ten messages each in this time are somewhat more than what comes.
      stage.world.latencyMs = 150;
      let lag = 0;
      let emptied = 0;
      await stage.run(3 * MINUTE);
      for (let minute = 3; minute < 7 && stage.world.violation === undefined; minute++) {
        await stage.run((minute + 1) * MINUTE);
        lag = Math.max(lag, scheduler.now - archive.state.control.drainedUntil);
        if (archive.completedMessages.visible() === 0) emptied++;
      }
      const falselyEnded = truth.ended.size;
      return stage.outcome(lag / 1000, 'seconds behind', lag <= 2 * MINUTE && falselyEnded === 0 && emptied === 0);
    },
  },
];

/** So many first calls of the archivists meet each trouble: every kind of step several times. */
const CALLS = 60;
