import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { DynamoDBClient, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';

/** Commands whose answers are items, which `unmarshalled` takes as they come. */
const READING = new Set(['ScanCommand', 'QueryCommand', 'BatchGetItemCommand', 'GetItemCommand']);

interface Answered {
  readonly statusCode: number;
  body: Readable | Uint8Array;
}

/**
 * Hands on items as they come in JSON: the SDK would copy every attribute of every item by its schema, which takes as long as
 * the rest of reading a page, while nothing else is asked for. Answers that are none go its own way, as errors and retries do.
 * Bytes stay base64 so, which `unmarshalled` knows.
 */
export function withPlainAnswers(client: DynamoDBClient): DynamoDBClient {
  const answers = new WeakMap<object, object>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { response } = result as { response: Answered };
      if (response.statusCode === 200 && READING.has(String(context.commandName))) {
        const bytes = response.body instanceof Uint8Array ? response.body : await buffer(response.body);
        answers.set(context, JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')));
        response.body = NOTHING;
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'plainAnswerTaken' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const plain = answers.get(context);
      return { ...result, output: { ...result.output, ...plain } as ServiceOutputTypes };
    },
    { step: 'deserialize', priority: 'high', name: 'plainAnswerGiven' },
  );
  return client;
}

const NOTHING = Buffer.from('{}');
