import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/** What calls cost, as DynamoDB itself reports it; tables and their indexes apart. */
export interface Consumed {
  /** Read and write units by `table` or `table/index`. */
  readonly read: Record<string, number>;
  readonly write: Record<string, number>;
  /** Calls by name. */
  readonly requests: Record<string, number>;
}

interface Capacity {
  readonly TableName?: string;
  readonly Table?: {
    readonly ReadCapacityUnits?: number;
    readonly WriteCapacityUnits?: number;
    readonly CapacityUnits?: number;
  };
  readonly GlobalSecondaryIndexes?: Record<string, Capacity['Table']>;
}

/** Counts the units and calls of the clients it is put on. */
export class Meter {
  private consumed: Consumed = { read: {}, write: {}, requests: {} };

  /** Makes every call report its capacity, and adds it up. */
  onDynamoDb(client: DynamoDBClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const input = args.input as { ReturnConsumedCapacity?: string };
        const isRead = /^(Get|BatchGet|Query|Scan|TransactGet)/.test(context.commandName ?? '');
        input.ReturnConsumedCapacity = 'INDEXES';
        const result = await next(args);
        this.count(context.commandName ?? 'unknown');
        const { ConsumedCapacity } = result.output as { ConsumedCapacity?: Capacity | Capacity[] };
        for (const capacity of [ConsumedCapacity ?? []].flat()) this.add(capacity, isRead ? 'read' : 'write');
        return result;
      },
      { step: 'initialize', name: 'meter' },
    );
  }

  onSqs(client: SQSClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        this.count(context.commandName ?? 'unknown');
        return next(args);
      },
      { step: 'initialize', name: 'meter' },
    );
  }

  /** What was consumed since the last call. */
  taken(): Consumed {
    const taken = this.consumed;
    this.consumed = { read: {}, write: {}, requests: {} };
    return taken;
  }

  private count(command: string): void {
    const { requests } = this.consumed;
    requests[command] = (requests[command] ?? 0) + 1;
  }

  private add({ TableName = '', Table, GlobalSecondaryIndexes = {} }: Capacity, kind: 'read' | 'write'): void {
    const units = this.consumed[kind];
    const note = (name: string, capacity: Capacity['Table']) => {
      units[name] = (units[name] ?? 0) + (capacity?.CapacityUnits ?? 0);
    };
    note(TableName, Table);
    for (const [index, capacity] of Object.entries(GlobalSecondaryIndexes)) note(`${TableName}/${index}`, capacity);
  }
}

export const total = (units: Record<string, number>): number => Object.values(units).reduce((sum, n) => sum + n, 0);
