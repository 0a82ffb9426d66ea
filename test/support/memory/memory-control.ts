import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Control } from '../../../domain/control.ts';
import { controlItem, controlOf } from '../../../functions/stores/control-item.ts';
import { marshalled, unmarshalled } from '../../../functions/stores/dynamo.ts';
import { DynamoLedgers } from '../../../functions/stores/dynamo-ledgers.ts';
import { controlKey } from '../../../functions/stores/keys.ts';
import type { MemoryState } from './memory-state.ts';

export interface ControlCalls {
  /** How the item is read; at once by default. */
  readonly read?: <Answer>(answer: () => Promise<Answer>) => Promise<Answer>;
  readonly write?: <Answer>(answer: () => Promise<Answer>) => Promise<Answer>;
  readonly written?: (before: Control, after: Control) => void;
}

const atOnce = <Answer>(answer: () => Promise<Answer>) => answer();

/** The control item as one process reads and changes it, by the code of the real table: it begins with what it saw last. */
export function memoryControl(
  state: MemoryState,
  { read = atOnce, write = atOnce, written = () => undefined }: ControlCalls = {},
): Pick<DynamoLedgers, 'control' | 'changeControl'> {
  const send = async (command: unknown): Promise<object> => {
    if (command instanceof GetItemCommand) {
      return read(async () => {
        const { control } = state;
        return control.version === 0 ? {} : { Item: marshalled({ ...controlKey, ...controlItem(control) }) };
      });
    }
    if (!(command instanceof PutItemCommand)) throw new TypeError('A call that nobody makes of the control item');
    const { Item = {}, ExpressionAttributeValues } = command.input;
    return write(async () => {
      const before = state.control;
      const versionRead = Number(ExpressionAttributeValues?.[':version']?.N ?? 0);
      if (before.version !== versionRead)
        throw new ConditionalCheckFailedException({ message: 'The control item is newer', $metadata: {} });
      state.control = controlOf(unmarshalled(Item));
      written(before, state.control);
      return {};
    });
  };
  return new DynamoLedgers({ send } as unknown as DynamoDBClient, 'Leases', 'Collection');
}
