import type { Said } from '../world/truth.ts';
import { analyzerOf } from '../world/voice.ts';
import type { World } from '../world/world.ts';
import { checkIdentities } from './identity-rules.ts';
import { episodeGivenUp, givenUp, isRecorded } from './oracle.ts';
import { isJoined, isNamed, isOfNow, isTurnedAway, mayBeOf, wasGone } from './recording-rules.ts';

/** Pairs that are neither recorded nor given up. */
export function unfinished(world: World): string[] {
  const { state } = world.archive;
  const pairs: string[] = [];
  for (const ledger of state.ledgers.values()) {
    if (ledger.state === 'PARKED' || ledger.gone === true) continue;
    for (const clip of state.clip.values()) {
      if (!isRecorded(ledger, clip) && !givenUp(ledger, clip)) pairs.push(`${ledger.episode}×${clip.ordinal}`);
    }
  }
  return pairs;
}

/** How everything must have ended, when there were good researchers and enough time. */
export function checkEnd(world: World): undefined {
  const { state } = world.archive;
  const left = unfinished(world);
  if (left.length > 0)
    return world.violate('END', `${left.length} pairs never came to their end: ${left.slice(0, 5).join(' ')}`);
  for (const ledger of state.ledgers.values()) {
    if (episodeGivenUp(ledger) && !ledger.episodeStrikes?.reason)
      world.violate('END', `episode ${ledger.episode} is parked without a reason`);
    for (const clip of state.clip.values()) {
      const pair = `${ledger.episode}×${clip.ordinal}`;
      const findings = state.findings.get(`${ledger.episode}/${clip.ordinal}`) ?? [];
      const found = findings.find((one) => isOfNow(world, one))?.offsetsNs.join() ?? '';
      const results = world.truth.results.get(`${ledger.episode}/${clip.ordinal}`) ?? [];
      const isOfThese = (said: Said) => mayBeOf(world, said, ledger.recording?.number, clip.recording?.number);
      const isReported =
        found === ''
          ? !results.some((said) => said.offsets.length > 0 && !isTurnedAway(world, said))
          : results.some((said) => said.offsets.join() === found && isOfThese(said));
      // Of a recording that was given up, what is kept is of the one before.
      const isKept = ledger.found?.has(clip.ordinal) === true && isRecorded(ledger, clip);
      // A finding is written before its ledger. If what it is of is gone, or is another entry, by then, its result is turned away.
      const mayBeTurnedAway =
        wasGone(world, ledger.episode, clip.ordinal) || isJoined(world, ledger.episode, clip.ordinal);
      const turnedAway = results
        .filter((said) => isTurnedAway(world, said))
        .map(({ researcher }) => analyzerOf(researcher));
      const finders = findings
        .filter((one) => isOfNow(world, one))
        .map(({ analyzer }) => analyzer)
        .filter((analyzer) => !turnedAway.includes(analyzer));
      if (isKept && !finders.every((analyzer) => ledger.foundBy?.get(analyzer)?.has(clip.ordinal)))
        world.violate('FINDINGS', `${pair} ends found by ${finders.join(' and ')}, and its ledger says otherwise`);
      if (found === '' ? isKept : !isKept && !mayBeTurnedAway)
        world.violate(
          'FINDINGS',
          `${pair} ends with ${found === '' ? 'no' : 'a'} finding, and its ledger says otherwise`,
        );
      if (!isReported && !isNamed(world, ledger.episode, clip.ordinal))
        world.violate('FINDINGS', `${pair} ends with offsets that nobody reported, or none`);
    }
  }
  checkIdentities(world, 'clip');
  checkIdentities(world, 'episode');
  for (const clip of state.clip.values()) {
    if ((clip.strikes?.count ?? 0) >= 4 && !clip.strikes?.reason)
      world.violate('END', `clip ${clip.ordinal} is parked without a reason`);
  }
}
