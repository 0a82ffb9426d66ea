import type { World } from '../world/world.ts';
import { checkIdentities } from './identity-rules.ts';
import { wasGone } from './lease-rules.ts';
import { episodeGivenUp, givenUp } from './oracle.ts';

/** Pairs that are neither recorded nor given up. */
export function unfinished(world: World): string[] {
  const { state } = world.archive;
  const pairs: string[] = [];
  for (const ledger of state.ledgers.values()) {
    if (ledger.state === 'PARKED' || ledger.gone === true) continue;
    for (const clip of state.clip.values()) {
      if (!ledger.researched.has(clip.ordinal) && !givenUp(ledger, clip))
        pairs.push(`${ledger.episode}×${clip.ordinal}`);
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
      const found = (state.findings.get(`${ledger.episode}/${clip.ordinal}`) ?? [])[0]?.offsetsNs.join() ?? '';
      const reported = world.truth.offsets.get(`${ledger.episode}/${clip.ordinal}`) ?? new Set(['']);
      // A run may end between a finding and its ledger; if what it is of is gone by then, the repetition is turned away.
      const wasTurnedAway = wasGone(world, ledger.episode, clip.ordinal);
      if ((found !== '') !== (ledger.found?.has(clip.ordinal) === true) && !wasTurnedAway)
        world.violate(
          'FINDINGS',
          `${pair} ends with ${found === '' ? 'no' : 'a'} finding, and its ledger says otherwise`,
        );
      const turnedAway = found === '' && wasTurnedAway;
      if (!reported.has(found) && !turnedAway)
        world.violate('FINDINGS', `${pair} ends with offsets that nobody reported, or none`);
    }
  }
  checkIdentities(world);
  for (const clip of state.clip.values()) {
    if ((clip.strikes?.count ?? 0) >= 4 && !clip.strikes?.reason)
      world.violate('END', `clip ${clip.ordinal} is parked without a reason`);
  }
}
