import { join } from 'node:path';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Argument, type Command } from 'commander';
import { curate } from '../../curators/curate.ts';
import { type CuratedKind, SourceUnusable } from '../../curators/curated.ts';
import { priorityRules } from '../../curators/priority-rules.ts';
import type { FeedWeb } from '../../curators/read-feed.ts';
import { type CuratedQueue, type SendSummary, sendCurated } from '../../curators/send-curated.ts';
import { type ArchiveClient, archiveClient } from '../../operating/archive-client.ts';
import { archiveLocation, ownFolder } from '../../operating/archive-location.ts';
import { BadUsage, Failure } from '../../operating/failure.ts';
import { takenUpSentence } from '../../operating/outlook.ts';
import { type PresentInSource, pruning } from '../../operating/prune.ts';
import { counted, shown, tell } from '../../operating/terminal.ts';
import { shownSource } from '../../web/shown-address.ts';
import { type ChangingOptions, carryOut } from '../changing.ts';

interface CurateOptions extends ChangingOptions {
  readonly priority?: readonly string[];
  readonly match?: readonly string[];
  readonly respectBlock?: boolean;
  readonly prune?: boolean;
}

/** An option that may be given several times: a list of them would swallow the source behind it. */
const all = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function curateCommand(command: Command): void {
  command
    .addArgument(new Argument('<kind>', 'what the source has').choices(['episodes', 'clips']))
    .argument(
      '<source>',
      'an RSS or Atom feed (URL or file), a folder of audio files, or a JSON Lines file of messages',
    )
    .option('--priority <number>', 'priority of the entries, or of those that the --match beside it matches', all)
    .option('--match <regex>', 'title, description or address of the entries that get the --priority beside it', all)
    .option('--respect-block', 'leave out what asks directories to leave it out (itunes:block)')
    .option('--prune', 'then retire the entries of this source that it does not have any more')
    .option('--yes', 'with --prune: do it; without it, only show what would be retired')
    .option('--reason <text>', 'with --prune: why, for the audit')
    .option('--by <name>', 'with --prune: who, for the audit (default: user@machine)')
    .addHelpText(
      'after',
      `
It can be repeated at any time: the archive takes what is new or corrected and ignores the rest.
Feeds that show only their latest entries lose the others with --prune: look at its count before you add --yes.

Examples:
  $ npm run -s archivist -- curate episodes https://example.org/feed.xml --data ./archive
  $ npm run -s archivist -- curate clips ./drops --data ./archive --priority 5 --match jingle
  $ npm run -s archivist -- curate episodes episodes.jsonl --stack Archivist
  $ npm run -s archivist -- curate clips ./drops --data ./archive --prune`,
    )
    .action(async (kind: CuratedKind, source: string, options: CurateOptions) => {
      const { prune = false, yes, reason, by } = options;
      if (!prune && (yes ?? reason ?? by) !== undefined) {
        throw new BadUsage('--yes, --reason and --by go with --prune: nothing else of curate needs them.');
      }
      const client = archiveClient(await archiveLocation(options));
      try {
        const { sent, problems, present } = await curateInto(client, kind, source, options);
        const control = sent > 0 ? await client.ledgers.control() : undefined;
        tell(
          `${counted(sent, 'message')} sent to the ${kind} archivist${problems > 0 ? `, ${counted(problems, 'problem')} (above)` : ''}.`,
        );
        if (control !== undefined) {
          tell(takenUpSentence(kind, { control, settings: client.location.settings, now: Date.now() }));
        }
        if (!prune) return;
        if (present === undefined) {
          throw new Failure(
            'Nothing is retired: the source was not read to its end (see above), or says nothing that would tell its entries from others.',
          );
        }
        await carryOut(client, 'curate --prune', options, await pruning(client, kind, present));
      } finally {
        client.close();
      }
    });
}

/** Curates a source into the archive, telling each problem. @throws Failure when nothing can be curated at all */
export async function curateInto(
  client: ArchiveClient,
  kind: CuratedKind,
  source: string,
  options: Pick<CurateOptions, 'priority' | 'match' | 'respectBlock' | 'prune'> &
    Pick<FeedWeb, 'onPage' | 'signal'> = {},
): Promise<SendSummary & { readonly present?: PresentInSource | undefined }> {
  const { priority = [], match = [], respectBlock, prune, onPage, signal } = options;
  let rules: ReturnType<typeof priorityRules>;
  try {
    rules = priorityRules(priority, match);
  } catch (error) {
    throw new BadUsage((error as Error).message);
  }
  // What was sent of a source is remembered for a deployed archive too: a title that changed while its file kept its
  // time is told from one that did not.
  const folder = client.location.dataDir ?? ownFolder(client.location);
  const memory = { stateDir: join(folder, 'curation') };
  const how = {
    ...(respectBlock !== undefined && { respectBlock }),
    ...(prune !== undefined && { whole: prune }),
    web: { ...(onPage && { onPage }), ...(signal && { signal }) },
  };
  const queue = curatedQueue(client.sqs, client.queue(kind === 'clips' ? 'CuratedClips' : 'CuratedEpisodes'));
  const curation = curate(source, { kind, now: new Date(), priorityRules: rules, ...memory, ...how });
  try {
    const summary = await sendCurated(queue, curation, {
      onProblem: ({ what, reason }) => tell(`Skipped ${shown(what)}: ${shown(reason)}`),
    });
    for (const notice of curation.notices) tell(`Of ${shown(shownSource(source))}: ${shown(notice)}.`);
    return { ...summary, present: curation.present() };
  } catch (error) {
    if (error instanceof SourceUnusable) throw new Failure(`${kind}: ${error.message}.`);
    throw error;
  }
}

function curatedQueue(sqs: SQSClient, queueUrl: string): CuratedQueue {
  return {
    async sendBatch(bodies) {
      const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return {
        failed: Failed.map(({ Id, Message, Code, SenderFault }) => ({
          index: Number(Id),
          reason: Message ?? Code ?? 'no reason given',
          permanent: SenderFault === true,
        })),
      };
    },
  };
}
