import type { ClipReference, CompletedResearchItem } from '../../domain/messages.ts';
import { InvalidMessage, meaningOf, parseCompletedResearchItem } from '../../domain/messages.ts';
import type { Report } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { shownAddress } from '../../web/shown-address.ts';
import type { Clock, ReceivedMessage } from '../ports.ts';
import type { Resolver } from './resolve.ts';

/** A message that is understood: what it reports, and what it carries for the collection. */
export interface Understood {
  readonly message: ReceivedMessage;
  readonly item: CompletedResearchItem;
  readonly episode: number;
  readonly report: Report;
  /** Its clip is unknown yet: only its sign of life counts, and it stays in the queue. */
  readonly keep: boolean;
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
  try {
    item = parseCompletedResearchItem(message.body);
  } catch (error) {
    if (!(error instanceof InvalidMessage)) throw error;
    return { kind: 'refused', reason: error.message };
  }
  const meaning = meaningOf(item);
  const episode = await resolve.episode(item.episodeInfo);
  const clipInfo = 'clip' in meaning ? meaning.clip : undefined;
  const clip = clipInfo === undefined ? undefined : await resolve.clip(clipInfo);
  const found = meaning.kind === 'result' && meaning.found;
  const base = {
    leaseId: item.leaseId,
    sentAt: message.sentAt,
    lastWord: meaning.lastWord,
    researcher: item.researcher,
    reason: 'reason' in meaning ? meaning.reason : '',
  };
  const unknown = episode === undefined ? 'episode' : clipInfo !== undefined && clip === undefined ? 'clip' : undefined;
  if (unknown !== undefined && clock() - message.sentAt >= settings.unknownRetry * 1000) {
    return { kind: 'refused', reason: unknownReason(unknown, unknown === 'clip' ? clipInfo : item.episodeInfo) };
  }
  if (episode === undefined) return { kind: 'unknown' };
  const understood = { kind: 'understood', message, item, episode } as const;
  if (unknown === 'clip') return { ...understood, report: { ...base, kind: 'signOfLife' }, keep: true };
  return { ...understood, report: { ...base, kind: meaning.kind, clip, found }, keep: false };
}

function unknownReason(kind: 'clip' | 'episode', info: ClipReference | undefined): string {
  const { title = '', mediaUri = '' } = info ?? {};
  const name = `title ${JSON.stringify(title.slice(0, 100))}, mediaUri ${JSON.stringify(shownAddress(mediaUri))}`;
  return `Unknown ${kind}: the collection has none with ${name}, or with the id that came.`;
}
