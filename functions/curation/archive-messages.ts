import type { Kind } from '../../domain/collection.ts';
import type { InvalidMessage, parseClipInfo, parseEpisodeInfo } from '../../domain/messages.ts';
import type { DeadLetters, EntryOf } from '../ports.ts';
import type { SqsRecord } from '../runtime/lambda.ts';
import { type ArchiveDependencies, type ArchiveOutcome, archiveEntries } from './archive-entries.ts';

export interface ArchiveMessagesDependencies extends ArchiveDependencies {
  readonly deadLetters: DeadLetters;
  /** What reads messages: loaded with the first of them. */
  readonly readers: () => Promise<{
    readonly parseClipInfo: typeof parseClipInfo;
    readonly parseEpisodeInfo: typeof parseEpisodeInfo;
    /** What they throw: another class by the same name would not be theirs. */
    readonly InvalidMessage: typeof InvalidMessage;
  }>;
  /** Told of each message that went to the dead letters. */
  readonly refused: (messageId: string, reason: string) => void;
  /** Told of each message that is left to be received again. */
  readonly failed: (messageId: string, error: Error) => void;
}

export interface ArchiveMessagesResult {
  /** Messages to be received again. */
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
  readonly summary: Record<ArchiveOutcome['kind'] | 'received', number>;
}

/**
 * Takes a batch of curated messages into the collection. A hopeless one goes to the dead letters with its reason and
 * counts as handled; one that may succeed later is given back. None affects another.
 */
export async function archiveMessages<K extends Kind>(
  kind: K,
  records: readonly SqsRecord[],
  dependencies: ArchiveMessagesDependencies,
): Promise<ArchiveMessagesResult> {
  const summary = {
    received: records.length,
    inserted: 0,
    updated: 0,
    touched: 0,
    unchanged: 0,
    refused: 0,
    failed: 0,
  };
  const { parseClipInfo, parseEpisodeInfo, InvalidMessage } = await dependencies.readers();
  const parsers: { [K in Kind]: (body: string) => EntryOf[K]['info'] } = {
    clip: parseClipInfo,
    episode: parseEpisodeInfo,
  };
  const outcomes = new Map<SqsRecord, ArchiveOutcome>();
  const understood: { record: SqsRecord; info: EntryOf[K]['info'] }[] = [];
  for (const record of records) {
    try {
      understood.push({ record, info: parsers[kind](record.body) });
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      outcomes.set(record, { kind: 'refused', reason: error.message });
    }
  }
  const infos = understood.map(({ info }) => info);
  const archived = infos.length === 0 ? [] : await archiveEntries(kind, infos, dependencies);
  for (const [index, { record }] of understood.entries()) {
    const outcome = archived[index];
    if (outcome !== undefined) outcomes.set(record, outcome);
  }

  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const [record, outcome] of outcomes) {
    const settled = outcome.kind === 'refused' ? await refuse(record, outcome, dependencies) : outcome;
    summary[settled.kind]++;
    if (settled.kind !== 'failed') continue;
    dependencies.failed(record.messageId, settled.error);
    batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures, summary };
}

/** Sends to the dead letters; when that fails, the message is left to be received again. */
async function refuse(
  record: SqsRecord,
  outcome: ArchiveOutcome & { readonly kind: 'refused' },
  { deadLetters, refused }: ArchiveMessagesDependencies,
): Promise<ArchiveOutcome> {
  try {
    await deadLetters.send(record.body, outcome.reason);
    refused(record.messageId, outcome.reason);
    return outcome;
  } catch (error) {
    return { kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}
