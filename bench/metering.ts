import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { controlKey } from '../functions/stores/keys.ts';

/** What calls cost, as DynamoDB itself reports it; tables and their indexes apart. */
export interface Consumed {
  /** Read and write units by `table`, `table/index` or, of the one item that concerns all, `table:control`; bench tables lose their suffix. */
  readonly read: Record<string, number>;
  readonly write: Record<string, number>;
  /** Calls by name. */
  readonly requests: Record<string, number>;
  /** Bytes of the bodies of requests and responses. */
  bytes: number;
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

interface Http {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

function isControl(input: object): boolean {
  const { Item, Key } = input as Record<'Item' | 'Key', { readonly pk?: { readonly S?: string } } | undefined>;
  const { pk } = Item ?? Key ?? {};
  return pk?.S === controlKey.pk;
}

const nothing = (): Consumed => ({ read: {}, write: {}, requests: {}, bytes: 0 });

/** Counts the units, calls and bytes of the clients it is put on. */
export class Meter {
  private consumed: Consumed = nothing();

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
        const part = isControl(args.input) ? ':control' : '';
        for (const capacity of [ConsumedCapacity ?? []].flat()) this.add(capacity, isRead ? 'read' : 'write', part);
        return result;
      },
      { step: 'initialize', name: 'meter' },
    );
    this.countBytes(client);
  }

  onSqs(client: SQSClient): void {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        this.count(context.commandName ?? 'unknown');
        return next(args);
      },
      { step: 'initialize', name: 'meter' },
    );
    this.countBytes(client as unknown as DynamoDBClient);
  }

  /** What was consumed since the last call. */
  taken(): Consumed {
    const taken = this.consumed;
    this.consumed = nothing();
    return taken;
  }

  /** Nearest to the wire: `deserialize` is the last step, and bodies are whole there. */
  private countBytes(client: Pick<DynamoDBClient, 'middlewareStack'>): void {
    client.middlewareStack.add(
      (next) => async (args) => {
        const { body } = args.request as Http;
        this.consumed.bytes += typeof body === 'string' || body instanceof Uint8Array ? Buffer.byteLength(body) : 0;
        const result = await next(args);
        const { headers } = result.response as Http;
        this.consumed.bytes += Number(headers?.['content-length'] ?? 0);
        return result;
      },
      { step: 'deserialize', name: 'byteMeter', priority: 'low' },
    );
  }

  private count(command: string): void {
    const { requests } = this.consumed;
    requests[command] = (requests[command] ?? 0) + 1;
  }

  private add(capacity: Capacity, kind: 'read' | 'write', part: string): void {
    const { TableName: name = '', Table, GlobalSecondaryIndexes = {} } = capacity;
    const table = name.replace(/-\d.*$/, '');
    const units = this.consumed[kind];
    const note = (name: string, capacity: Capacity['Table']) => {
      units[name] = (units[name] ?? 0) + (capacity?.CapacityUnits ?? 0);
    };
    note(table + part, Table);
    for (const [index, used] of Object.entries(GlobalSecondaryIndexes)) note(`${table}/${index}`, used);
  }
}

export const total = (units: Record<string, number>): number => Object.values(units).reduce((sum, n) => sum + n, 0);
