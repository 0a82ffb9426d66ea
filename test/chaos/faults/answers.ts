import { randomUUID } from 'node:crypto';
import type { Answer, Call, Service } from './fault.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

function answer(status: number, value: object, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, body, headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': randomUUID(), ...headers } };
}

/**
 * As each service says that it is throttled. DynamoDB: an error of the client, for a transaction one with a reason an
 * item, for a batch of reads the keys that it did not read. SQS: an error with the name of its older protocol besides.
 */
export function throttled(call: Call): Answer {
  if (call.service === 'sqs') {
    return answer(
      400,
      { __type: 'com.amazonaws.sqs#RequestThrottled', message: 'The request was denied due to request throttling.' },
      { 'x-amzn-query-error': 'RequestThrottled;Sender' },
    );
  }
  if (call.operation === 'TransactWriteItems') {
    const items = (parsed(call.body).TransactItems ?? []) as unknown[];
    const CancellationReasons = items.map((_, index) =>
      index === 0 ? { Code: 'ThrottlingError', Message: 'Throughput exceeds the current capacity.' } : { Code: 'None' },
    );
    return answer(400, {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${CancellationReasons.map(({ Code }) => Code).join(', ')}]`,
      CancellationReasons,
    });
  }
  if (call.operation === 'BatchGetItem') {
    return answer(200, { Responses: {}, UnprocessedKeys: parsed(call.body).RequestItems ?? {} });
  }
  return answer(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'The level of configured provisioned throughput for the table was exceeded.',
  });
}

/** As a service says that something went wrong in it; the call may have been carried out or not. */
export function failed(service: Service): Answer {
  if (service === 'sqs') {
    return answer(
      500,
      { __type: 'com.amazonaws.sqs#InternalFailure', message: 'The request processing has failed.' },
      { 'x-amzn-query-error': 'InternalFailure;Receiver' },
    );
  }
  return answer(500, {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: 'The request processing has failed because of an internal error.',
  });
}

interface Batch {
  readonly Entries?: readonly { readonly Id: string }[];
}

/** Batches that a service may carry out in part. */
export const isBatch = ({ service, operation, body }: Call): boolean =>
  service === 'sqs' && operation.endsWith('Batch') && ((parsed(body) as Batch).Entries?.length ?? 0) > 1;

/** The batch without some entries, and what says of the answer that these failed. */
export function inPart(call: Call, keep: (index: number) => boolean): { body: Buffer; merged(answer: Answer): Answer } {
  const batch = parsed(call.body) as Batch & Record<string, unknown>;
  const entries = batch.Entries ?? [];
  // At least one goes on, since an empty batch is an error of the client.
  const kept = entries.filter((_, index) => index === 0 || keep(index));
  const Failed = entries
    .filter((entry) => !kept.includes(entry))
    .map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'Try again.', SenderFault: false }));
  return {
    body: Buffer.from(JSON.stringify({ ...batch, Entries: kept })),
    merged: (whole) => {
      if (whole.status !== 200) return whole;
      const value = parsed(whole.body) as { Failed?: unknown[] };
      // The checksum of the body, where a service gives one, is no longer right.
      const { 'x-amz-crc32': _crc, 'content-length': _length, ...headers } = whole.headers;
      return {
        ...whole,
        headers,
        body: Buffer.from(JSON.stringify({ ...value, Failed: [...(value.Failed ?? []), ...Failed] })),
      };
    },
  };
}

const parsed = (body: Buffer): Record<string, unknown> =>
  JSON.parse(body.toString() || '{}') as Record<string, unknown>;
