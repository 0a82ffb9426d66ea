import type { ClipReference, CompletedResearchItem, EpisodeInfo, PairResult } from '../../domain/messages.ts';
import {
  InvalidMessage,
  meaningOf,
  pairsOf,
  parseCompletedResearchItem,
  type Salvaged,
  salvaged,
} from '../../domain/messages.ts';
import type { Report } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { shownAddress } from '../../web/shown-address.ts';
import type { Clock, ReceivedMessage } from '../ports.ts';
import type { Resolver } from './resolve.ts';

/** What becomes of a message once what it says is recorded. `keep`: some clip is unknown yet, and it stays in the queue. */
export type Fate = 'acknowledge' | 'keep' | { readonly refuse: string };

/** A report with what was said of its pair. */
export interface PairReport {
  readonly report: Report;
  /** Of a result. */
  readonly result?: PairResult | undefined;
}

/** A message that is understood: what it reports, and what it carries for the collection. */
export interface Understood {
  readonly message: ReceivedMessage;
  readonly item: CompletedResearchItem;
  readonly episode: number;
  /** One at least: without any pair a sign of life. */
  readonly reports: readonly PairReport[];
  readonly fate: Fate;
}

export type Understanding =
  | ({ readonly kind: 'understood' } & Understood)
  /** It will never be understood. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its episode is unknown yet: it stays in the queue. */
  | { readonly kind: 'unknown' };

/** What a message says, its names resolved. */
export async function understand(
  message: ReceivedMessage,
  resolve: Resolver,
  clock: Clock,
  settings: Pick<ResearchSettings, 'unknownRetry'>,
): Promise<Understanding> {
  let item: CompletedResearchItem;
  let refusal = '';
  let refusedPairs: Salvaged['refused'] = [];
  try {
    item = parseCompletedResearchItem(message.body);
  } catch (error) {
    if (!(error instanceof InvalidMessage)) throw error;
    refusal = error.message;
    const sound = salvaged(message.body, refusal, parseCompletedResearchItem);
    if (sound === undefined) return { kind: 'refused', reason: refusal };
    ({ item } = sound);
    refusedPairs = sound.refused;
  }
  const tooLate = () => clock() - message.sentAt >= settings.unknownRetry * 1000;
  const episode = await resolve.episode(item.episodeInfo, item.leaseId);
  if (episode === undefined) {
    if (refusal !== '') return { kind: 'refused', reason: refusal };
    return tooLate() ? { kind: 'refused', reason: unknownReason('episode', item.episodeInfo) } : { kind: 'unknown' };
  }

  const base = baseOf(item, message);
  const reports: PairReport[] = [];
  let unknown: ClipReference | undefined;
  for (const result of pairsOf(item)) {
    const clip = await resolve.clip(result.clipInfo);
    if (clip === undefined) unknown ??= result.clipInfo;
    else {
      const of = { clip, clipUri: result.clipInfo.mediaUri, revisions: revisionsOf(item, result) };
      reports.push({ report: { ...base, ...saidOf(result), ...of }, result });
    }
  }
  for (const { clip: reference, reason } of refusedPairs) {
    const clip = await resolve.clip(reference);
    if (clip !== undefined) reports.push({ report: { ...base, kind: 'refused', reason, clip } });
  }
  const understood = { kind: 'understood', message, item, episode } as const;
  const given = reports.length > 0 ? reports : [{ report: { ...base, ...saidOfNoPair(item) } }];
  if (refusal !== '') return { ...understood, reports: given, fate: { refuse: refusal } };
  if (unknown === undefined) return { ...understood, reports: given, fate: 'acknowledge' };
  if (!tooLate()) return { ...understood, reports: given, fate: 'keep' };
  const reason = unknownReason('clip', unknown);
  return reports.length === 0
    ? { kind: 'refused', reason }
    : { ...understood, reports: given, fate: { refuse: reason } };
}

/** What all reports of a message have in common. */
function baseOf(item: CompletedResearchItem, message: ReceivedMessage): Report {
  const several = item.results.length > 0 || item.notFound.length > 0;
  const workingOn = item.workingOn === undefined ? (several ? 0 : undefined) : Number(item.workingOn);
  return {
    kind: 'signOfLife',
    leaseId: item.leaseId,
    sentAt: message.sentAt,
    lastWord: meaningOf(item).lastWord,
    researcher: item.researcher,
    analyzer: item.analyzer,
    reason: '',
    ...(workingOn !== undefined && { workingOn }),
  };
}

/** Which recordings a result is of, as far as the work item is sent back. */
const revisionsOf = (
  { episodeInfo }: CompletedResearchItem,
  { clipInfo }: PairResult,
): NonNullable<Report['revisions']> => ({
  episode: episodeInfo.revision,
  clip: clipInfo.revision,
});

function saidOf({ failure, clipOffsets }: PairResult): Pick<Report, 'kind' | 'reason' | 'found'> {
  if (failure !== '') return { kind: 'clipFailure', reason: failure, found: false };
  return { kind: 'result', reason: '', found: clipOffsets.length > 0 };
}

/** A failure without a clip is the episode's; a message whose clips are all unknown is a sign of life. */
function saidOfNoPair(item: CompletedResearchItem): Pick<Report, 'kind' | 'reason' | 'found'> {
  const meaning = meaningOf(item);
  if (meaning.kind !== 'episodeFailure') return { kind: 'signOfLife', reason: '', found: false };
  return { kind: 'episodeFailure', reason: meaning.reason, found: false };
}

function unknownReason(kind: 'clip' | 'episode', info: ClipReference | EpisodeInfo): string {
  const { title = '', mediaUri = '' } = info;
  const name = `title ${JSON.stringify(title.slice(0, 100))}, mediaUri ${JSON.stringify(shownAddress(mediaUri))}`;
  return `Unknown ${kind}: the collection has none with ${name}, or with the id that came.`;
}
