import { Bitset } from '../../../domain/bitset.ts';
import type { ClipEntry, EpisodeEntry } from '../../../domain/collection.ts';
import { NO_CONTROL } from '../../../domain/control.ts';
import { completePosition, type Ledger, newLedger } from '../../../domain/ledger.ts';
import { inOrder } from '../../../domain/order.ts';
import { statusOf } from '../../../operating/status.ts';
import type { StoredFinding } from '../../../operating/tables/dynamo-operations.ts';
import { FoundFindings } from '../../../report/found-findings.ts';
import { isShown, type ReportFacts } from '../../../report/report-facts.ts';
import { perfectEpisode, without } from '../../support/perfect-messages.ts';
import { aCatalogue, aClip, NOW } from '../../support/research.ts';

/** Facts of made-up archives: what `readReportFacts` would have read. */

const DAY_MS = 86_400_000;

export function anEpisode(ordinal: number, info: Partial<EpisodeEntry['info']> = {}): EpisodeEntry {
  const perfect = without(
    perfectEpisode({ title: `Episode ${ordinal}`, mediaUri: `https://media.example.org/${ordinal}.mp3` }),
    'id',
  );
  return {
    ordinal,
    version: 1,
    info: { ...perfect, ...info },
    revision: 1,
    revisedAt: 0,
    facts: { hash: 'a'.repeat(64), durationNs: 3_600e9 },
  };
}

export function aFinding(difference: Partial<StoredFinding> = {}): StoredFinding {
  return {
    episode: 1,
    clip: 1,
    variant: 0,
    offsetsNs: [61.5e9],
    scores: [0.9],
    episodeFacts: { hash: 'a'.repeat(64), durationNs: 3_600e9 },
    clipFacts: { hash: 'b'.repeat(64), durationNs: 2.5e9 },
    researcher: 'volunteer-1',
    analyzer: 'listener@1.2.0',
    researchDate: '2024-04-01T10:15:00.123456Z',
    ...difference,
  };
}

export const ledgerOf = (episode: number, difference: Partial<Ledger> = {}): Ledger => ({
  ...newLedger(episode, String(episode), 0),
  version: 1,
  ...difference,
});

/** An archive of two episodes and two clips, one finding, unless the difference says otherwise. */
export function someFacts(difference: {
  clips?: readonly ClipEntry[];
  episodes?: readonly EpisodeEntry[];
  ledgers?: readonly Ledger[];
  unreadable?: readonly number[];
  findings?: readonly StoredFinding[];
}): ReportFacts {
  const { clips = [aClip(1), aClip(2)], episodes = [anEpisode(1), anEpisode(2)] } = difference;
  const { findings = [aFinding()], unreadable = [] } = difference;
  const { ledgers = episodes.map(({ ordinal }) => ledgerOf(ordinal)) } = difference;
  const catalogue = aCatalogue(inOrder(clips));
  const status = statusOf({
    name: 'archive',
    now: NOW,
    catalogue,
    ledgers,
    unreadable,
    control: NO_CONTROL,
    unheard: episodes.filter(({ unknowns }) => (unknowns?.unheard ?? []).length > 0).length,
    findings: findings.length,
    queues: {},
  });
  const byOrdinal = new Map(episodes.map((episode) => [episode.ordinal, episode]));
  const shown = findings.filter((finding) => isShown(finding, { catalogue, episodes: byOrdinal }));
  const describe: ReportFacts['describe'] = async (kind, ordinals) => {
    const entries = kind === 'clip' ? catalogue.byOrdinal : byOrdinal;
    return new Map(ordinals.map((ordinal) => [ordinal, entries.get(ordinal)?.info.description ?? '']));
  };
  const found = FoundFindings.of(shown);
  return { status, catalogue, episodes: byOrdinal, ledgers, unreadable, findings: found, describe };
}

const WORDS =
  'the tide harbour gull captain storm lantern rope salt anchor keeper rock train sea island bell fog north lighthouse letter'.split(
    ' ',
  );
const titled = (random: () => number, words: number) =>
  Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]!)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join(' ');

/** The same numbers for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An archive of a show of many years: the clips that came first were played oftenest, and the newest episodes are to do. */
export function bigFacts(size: { episodes: number; clips: number; findings: number }, mediaUri?: string): ReportFacts {
  const random = randomNumbers(7);
  const firstAired = Date.parse('2009-02-03T20:00:00Z');
  const span = Math.min(size.episodes * 1.45, 16 * 365) * DAY_MS;
  const clips = Array.from({ length: size.clips }, (_, index): ClipEntry => {
    const clip = aClip(index + 1, { facts: { hash: 'b', durationNs: (1 + random() * 6) * 1e9 } });
    return { ...clip, info: { ...clip.info, title: `${titled(random, 2)}${index > 200 ? ` ${index}` : ''}` } };
  });
  const episodes = Array.from({ length: size.episodes }, (_, index) =>
    anEpisode(index + 1, {
      title: `${index + 1}: ${titled(random, 3 + Math.floor(random() * 4))}`,
      dateAired: new Date(firstAired + (index / size.episodes) * span).toISOString().replace(/\.\d+Z/, 'Z'),
      ...(mediaUri !== undefined && { mediaUri }),
    }),
  );
  const findings = new Map<number, StoredFinding>();
  for (let tries = 0; findings.size < size.findings && tries < 20 * size.findings; tries++) {
    const episode = 1 + Math.floor(random() * size.episodes * 0.92);
    const clip = 1 + Math.floor(random() ** 3 * size.clips);
    const offsetsNs = Array.from({ length: 1 + Math.floor(random() ** 3 * 5) }, () => random() * 3_590e9).sort(
      (a, b) => a - b,
    );
    const scores = offsetsNs.map(() => 0.6 + 0.4 * random());
    findings.set(
      episode * 1e6 + clip,
      aFinding({ episode, clip, offsetsNs, scores, researcher: `volunteer-${1 + Math.floor(random() * 5)}` }),
    );
  }
  const all = Bitset.of(Array.from({ length: size.clips }, (_, index) => index + 1));
  const half = Bitset.of(Array.from({ length: size.clips >> 1 }, (_, index) => index + 1));
  const ledgers = episodes.map(({ ordinal }) => {
    const age = ordinal / size.episodes;
    if (age < 0.8)
      return ledgerOf(ordinal, { state: 'COMPLETE', position: completePosition(size.clips, '1'), researched: all });
    return ledgerOf(ordinal, { researched: age < 0.92 ? half : Bitset.empty });
  });
  return someFacts({ clips, episodes, ledgers, findings: [...findings.values()] });
}
