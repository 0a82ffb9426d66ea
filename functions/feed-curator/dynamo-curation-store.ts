import { createHash, randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { CurationStore } from '../../curators/curation-store.ts';
import { FORMAT } from '../stores/schema.ts';

/** An item has at most 400 KB; the rest is room for keys. Ten thousand entries fill one. */
const CHUNK_BYTES = 380 * 1024;

/** Where the current chunks of a memory are. */
interface Pointer {
  /** Chunks are written to the slot that is not in use: a memory that is being written harms none that is read. */
  readonly slot: number;
  /** Every chunk carries it: two writers at once would otherwise leave a mixture that nobody notices. */
  readonly generation: string;
  readonly chunks: number;
}

/**
 * The memory of curation in the Collection table: compressed, in as many items as it needs, and one that points to
 * them. A memory that cannot be read whole counts as none: everything is sent once more then, which changes nothing
 * in the archive.
 *
 * Needs dynamodb:GetItem and dynamodb:PutItem.
 */
export class DynamoCurationStore implements CurationStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  /** Of what is stored, by source: an unchanged memory is not written again. */
  readonly #stored = new Map<string, string>();

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async load(source: string): Promise<string | undefined> {
    const pointer = await this.#pointer(source);
    if (pointer === undefined) return undefined;
    const numbers = Array.from({ length: pointer.chunks }, (_, number) => number);
    const chunks = await Promise.all(numbers.map((number) => this.#get(source, chunkKey(pointer.slot, number))));
    if (!chunks.every((chunk) => chunk?.generation === pointer.generation)) return undefined;
    try {
      const packed = Buffer.concat(chunks.map((chunk) => chunk?.data as Uint8Array));
      const memory = inflateRawSync(packed).toString('utf8');
      this.#stored.set(source, digestOf(memory));
      return memory;
    } catch {
      return undefined;
    }
  }

  async save(source: string, memory: string): Promise<void> {
    const digest = digestOf(memory);
    if (this.#stored.get(source) === digest) return;
    const packed = deflateRawSync(memory);
    const slot = ((await this.#pointer(source))?.slot ?? 1) === 0 ? 1 : 0;
    const generation = randomUUID();
    const chunks = Math.ceil(packed.length / CHUNK_BYTES);
    for (let number = 0; number < chunks; number++) {
      const data = packed.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES);
      await this.#put(source, chunkKey(slot, number), { generation, data });
    }
    await this.#put(source, 'pointer', { slot, generation, chunks });
    this.#stored.set(source, digest);
  }

  async #pointer(source: string): Promise<Pointer | undefined> {
    return (await this.#get(source, 'pointer')) as Pointer | undefined;
  }

  async #get(source: string, sk: string): Promise<Record<string, unknown> | undefined> {
    const Key = marshall({ pk: partitionOf(source), sk });
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    return Item && unmarshall(Item);
  }

  async #put(source: string, sk: string, attributes: object): Promise<void> {
    const Item = marshall({ pk: partitionOf(source), sk, ...attributes });
    await this.#client.send(new PutItemCommand({ TableName: this.#table, Item }));
  }
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Addresses have up to 2 KB, and private feeds have secrets in them. */
const partitionOf = (source: string): string => `${FORMAT}#curation#${digestOf(source)}`;

const chunkKey = (slot: number, number: number): string => `slot#${slot}#${number}`;
