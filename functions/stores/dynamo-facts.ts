import { ConditionalCheckFailedException, type TransactWriteItem, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type ClipEntry, type FactsOfMedium, isMeasured, type Kind } from '../../domain/collection.ts';
import { laterWord, type Unknowns } from '../../domain/unknowns.ts';
import { VersionConflict } from '../ports.ts';
import { type DynamoTable, decoded, type Item, marshalled, transact, unmarshalled } from './dynamo.ts';
import { counterUpdate, unknownsAttribute, unknownsIn } from './entry-item.ts';
import { entryKey } from './keys.ts';

/** What this process knows to be stored of an entry: it is not written, nor read, again for every pair. */
interface Known {
  readonly medium: string;
  readonly measured: boolean;
  readonly unknowns: Unknowns | undefined;
}

const ATTEMPTS = 5;

/**
 * What researchers say of the media of clips and episodes, kept in their items under no version: as long as address and
 * recording are those that it was said of.
 */
export class DynamoFacts {
  private readonly table: DynamoTable;
  private known = new Map<string, Known>();

  constructor(table: DynamoTable) {
    this.table = table;
  }

  /** All clips are read anew. */
  forgetClips(): void {
    this.known = new Map([...this.known].filter(([entry]) => entry.startsWith('episode')));
  }

  /** A clip as it is stored. */
  read({ ordinal, info, facts, unknowns, recording }: ClipEntry): void {
    if (facts === undefined && unknowns === undefined) return;
    const medium = nameOfMedium({ mediaUri: info.mediaUri, recording: recording?.number });
    this.known.set(nameOf('clip', ordinal), { medium, measured: facts !== undefined, unknowns });
  }

  /** As `Collection.describe` says. */
  async describe(kind: Kind, ordinal: number, facts: FactsOfMedium): Promise<void> {
    const name = nameOf(kind, ordinal);
    const medium = nameOfMedium(facts);
    let known = this.known.get(name);
    if (known?.medium !== medium) known = undefined;
    if (isMeasured(facts) && known?.measured !== true) {
      known = { medium, measured: true, unknowns: await this.keepMeasures(kind, ordinal, facts) };
      this.known.set(name, known);
    }
    if (facts.unknowns !== undefined) await this.keepUnknowns(kind, ordinal, facts, facts.unknowns, known);
  }

  /** @returns what is kept of what could not be known; the write says it without another reading */
  private async keepMeasures(kind: Kind, ordinal: number, facts: FactsOfMedium): Promise<Unknowns | undefined> {
    const { hash, durationNs } = facts;
    const { condition, values } = ofMedium(facts);
    let before: Item | undefined;
    try {
      const { Attributes } = await this.table.client.send(
        new UpdateItemCommand({
          TableName: this.table.name,
          Key: marshalled(entryKey(kind, ordinal)),
          UpdateExpression: 'SET mediaHash = :hash, mediaDurationNs = :duration',
          ConditionExpression: `${condition} AND attribute_not_exists(mediaHash)`,
          ExpressionAttributeNames: RECORDING_NUMBER,
          ExpressionAttributeValues: marshalled({ ':hash': hash, ':duration': BigInt(durationNs), ...values }),
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      before = Attributes && unmarshalled(Attributes);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      before = error.Item && unmarshalled(error.Item);
    }
    return before !== undefined && isOfMedium(before, facts) ? storedUnknowns(before) : undefined;
  }

  private async keepUnknowns(
    kind: Kind,
    ordinal: number,
    medium: Medium,
    said: Unknowns,
    known: Known | undefined,
  ): Promise<void> {
    let kept = known?.unknowns;
    for (let attempt = 1; ; attempt++) {
      const word = laterWord(kept, said);
      if (word === undefined) return;
      try {
        await transact(this.table.client, this.unknownsWrite(kind, ordinal, medium, kept, word));
        const measured = known?.measured === true;
        this.known.set(nameOf(kind, ordinal), { medium: nameOfMedium(medium), measured, unknowns: word });
        return;
      } catch (error) {
        if (!(error instanceof VersionConflict) || attempt === ATTEMPTS) throw error;
      }
      const item = await this.table.get(entryKey(kind, ordinal));
      // It moved, was replaced, or is not there: what is said is of no medium that it has.
      if (item === undefined || !isOfMedium(item, medium)) return;
      kept = storedUnknowns(item);
    }
  }

  /** Processes go by the clips that they have read until the catalogue changes, and by this they decide what to write. */
  private unknownsWrite(
    kind: Kind,
    ordinal: number,
    medium: Medium,
    kept: Unknowns | undefined,
    word: Unknowns,
  ): TransactWriteItem[] {
    const { condition, values } = ofMedium(medium);
    const update = {
      TableName: this.table.name,
      Key: marshalled(entryKey(kind, ordinal)),
      UpdateExpression: 'SET unknowns = :word',
      ConditionExpression: `${condition} AND ${kept === undefined ? 'attribute_not_exists(unknowns)' : 'unknowns.analyzer = :before'}`,
      ExpressionAttributeNames: RECORDING_NUMBER,
      ExpressionAttributeValues: marshalled({
        ':word': unknownsAttribute(word),
        ...values,
        ...(kept !== undefined && { ':before': kept.analyzer }),
      }),
    };
    const raise = { assignableVersion: 0, catalogueVersion: 1 };
    return [{ Update: update }, ...(kind === 'clip' ? [counterUpdate(this.table, 'clip', raise, [ordinal])] : [])];
  }
}

/** @throws UnreadableItem */
const storedUnknowns = (item: Item): Unknowns | undefined =>
  item.unknowns === undefined
    ? undefined
    : decoded(`What is not known of ${item.pk} ${item.sk}`, () => unknownsIn(item));

const nameOf = (kind: Kind, ordinal: number): string => `${kind} ${ordinal}`;

type Medium = Pick<FactsOfMedium, 'mediaUri' | 'recording'>;

/** A file at an address, and another one that took its place there. */
const nameOfMedium = ({ mediaUri, recording = 1 }: Medium): string => `${recording} ${mediaUri}`;

const RECORDING_NUMBER = { '#recording': 'recording', '#number': 'number' };

/** That the item is of this medium still. The first recording is not numbered. */
function ofMedium({ mediaUri, recording = 1 }: Medium) {
  const values = { ':uri': mediaUri, ':recording': recording };
  const unnumbered = recording === 1 ? 'attribute_not_exists(#recording) OR ' : '';
  return { condition: `mediaUri = :uri AND (${unnumbered}#recording.#number = :recording)`, values };
}

const isOfMedium = (item: Item, { mediaUri, recording = 1 }: Medium): boolean =>
  item.mediaUri === mediaUri && ((item.recording as { number?: unknown } | undefined)?.number ?? 1) === recording;
