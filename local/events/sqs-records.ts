import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { REGION } from '../project.ts';

/** Lambda's limit of an event. */
const EVENT_BYTES = 6 * 2 ** 20;
/** What Lambda adds to a message. */
const RECORD_OVERHEAD_BYTES = 1_024;

/** The event that Lambda makes of received messages: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(messages: readonly Message[], queueArn: string): { Records: object[] } {
  return { Records: messages.map((message) => record(message, queueArn)) };
}

/** Cuts a batch so that each event stays below Lambda's limit; a single message always fits. */
export function cutByBytes(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    // As JSON: quotes and backslashes of a body are escaped in the event.
    const size = Buffer.byteLength(JSON.stringify(message)) + RECORD_OVERHEAD_BYTES;
    if (bytes + size > EVENT_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)!.push(message);
  }
  return batches;
}

function record(message: Message, queueArn: string): object {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, recordAttribute(value)]),
    ),
    md5OfBody: message.MD5OfBody,
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}

function recordAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): object {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
