import { isDeepStrictEqual } from 'node:util';
import type { UnderAttack } from './archive-under-attack.ts';
import { type Outcome, within } from './outcome.ts';
import { type GoodRequest, hostileRequests, type Service } from './requests.ts';
import { notRefused, sendBytes } from './send.ts';

const PATIENCE_MS = 25_000;

/** What each port answers to a program of this machine, and would do something. */
export function goodRequest(service: Service, { archive }: UnderAttack): GoodRequest {
  const { queues, tables, functions } = archive.stack;
  if (service === 'lambda') {
    return { path: `/2015-03-31/functions/${functions.PendingResearchArchivist}/invocations`, headers: {}, body: '{}' };
  }
  const message = { QueueUrl: queues.CuratedClips, MessageBody: 'hostile' };
  const item = { TableName: tables.Leases, Item: { pk: { S: 'hostile' }, sk: { S: '-' } } };
  return {
    path: '/',
    headers: {
      'x-amz-target': service === 'sqs' ? 'AmazonSQS.SendMessage' : 'DynamoDB_20120810.PutItem',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(service === 'sqs' ? message : item),
  };
}

/** Sends more than a hundred hostile requests to a port: all are refused, and nothing is another than before. */
export async function tryPort(service: Service, attacked: UnderAttack): Promise<Outcome> {
  const port = Number(new URL(attacked.archive.stack[service].endpoint).port);
  const requests = hostileRequests(service, port, goodRequest(service, attacked));
  const state = async () => [await attacked.tables(), await attacked.queues()];
  const before = await state();
  const wrong: string[] = [];
  for (const { name, bytes } of requests) {
    const reason = await within(PATIENCE_MS, sendBytes(port, bytes)).then(notRefused, (error: Error) => error.message);
    if (reason !== undefined) wrong.push(`${name}: ${reason}`);
  }
  if (!isDeepStrictEqual(await state(), before)) wrong.push('something was changed');
  return { what: `requests to the port of ${service}`, tried: requests.length, wrong };
}
