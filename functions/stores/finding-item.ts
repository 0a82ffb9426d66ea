import type { Finding, MediaFacts } from '../../domain/collection.ts';
import type { Item } from './dynamo.ts';
import { findingKey, findingOfClipKey, historyKey, padded } from './keys.ts';

/** Lists findings of a clip by episode. */
const episodeKeyOfFinding = (episode: number, variant: number): string => `${padded(episode)}#${variant}`;

/**
 * How a finding lies in its item; `clipKey` and `episodeKey` list it by clip. `variant` 0 is the first one.
 * Nanoseconds go as BigInt, since the marshaller refuses 2^53 as a number.
 */
export function findingItem(finding: Finding, variant: number): Item {
  const { episode, clip, episodeFacts, clipFacts } = finding;
  return {
    ...findingKey(episode, clip, variant),
    clipKey: findingOfClipKey(clip),
    episodeKey: episodeKeyOfFinding(episode, variant),
    offsetsNs: finding.offsetsNs.map(BigInt),
    scores: finding.scores,
    heardFromNs: finding.heardFromNs?.map(BigInt),
    heardToNs: finding.heardToNs?.map(BigInt),
    episodeHash: episodeFacts.hash,
    episodeDurationNs: BigInt(episodeFacts.durationNs),
    clipHash: clipFacts.hash,
    clipDurationNs: BigInt(clipFacts.durationNs),
    researcher: finding.researcher,
    analyzer: finding.analyzer,
    researchDate: finding.researchDate,
    episodeRecording: finding.episodeRecording,
    clipRecording: finding.clipRecording,
  };
}

/** Without the keys of the index of findings, so that nothing takes it for one that stands. */
export function historyItem(finding: Finding & { readonly variant: number }, supersededAt: string): Item {
  const { clipKey: _clip, episodeKey: _episode, ...item } = findingItem(finding, finding.variant);
  return { ...item, ...historyKey(finding.episode, finding.clip, supersededAt, finding.variant) };
}

export function findingOf(item: Item): Finding & { readonly variant: number } {
  const [, , episode] = String(item.pk).split('#');
  const [, clip, variant] = String(item.sk).split('#');
  const facts = (name: 'episode' | 'clip'): MediaFacts => ({
    hash: String(item[`${name}Hash`] ?? ''),
    durationNs: Number(item[`${name}DurationNs`] ?? 0),
  });
  return {
    episode: Number(episode),
    clip: Number(clip),
    variant: Number(variant),
    offsetsNs: numbers(item.offsetsNs),
    scores: item.scores as number[],
    ...(item.heardFromNs !== undefined && { heardFromNs: numbers(item.heardFromNs) }),
    ...(item.heardToNs !== undefined && { heardToNs: numbers(item.heardToNs) }),
    episodeFacts: facts('episode'),
    clipFacts: facts('clip'),
    researcher: String(item.researcher ?? ''),
    analyzer: String(item.analyzer ?? ''),
    researchDate: String(item.researchDate ?? ''),
    ...(item.episodeRecording !== undefined && { episodeRecording: Number(item.episodeRecording) }),
    ...(item.clipRecording !== undefined && { clipRecording: Number(item.clipRecording) }),
  };
}

const numbers = (stored: unknown): number[] => (stored as (number | bigint)[]).map(Number);
