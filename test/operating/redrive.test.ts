import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ArchiveClient } from '../../operating/archive-client.ts';
import { redriving } from '../../operating/redrive.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly QueueUrl: string;
    readonly VisibilityTimeout?: number;
    readonly Entries?: readonly { readonly ReceiptHandle?: string; readonly MessageBody?: string }[];
  };
}

/** An archive whose archivist refuses everything at once: what goes back is among the dead letters again, as a new one. */
function refusing(count: number) {
  let made = 0;
  const dead: { id: string; body: string; hidden: boolean }[] = [];
  const refuse = (body: string) => dead.push({ id: `message-${++made}`, body, hidden: false });
  for (let n = 1; n <= count; n++) refuse(`refused ${n}`);
  const sent: string[] = [];
  const answers: Record<string, (input: Command['input']) => object> = {
    ReceiveMessageCommand: () => {
      const Messages = dead.filter(({ hidden }) => !hidden).slice(0, 10);
      for (const one of Messages) one.hidden = true;
      return { Messages: Messages.map(({ id, body }) => ({ MessageId: id, Body: body, ReceiptHandle: id })) };
    },
    ChangeMessageVisibilityBatchCommand: ({ Entries = [] }) => {
      for (const { ReceiptHandle } of Entries) {
        const one = dead.find(({ id }) => id === ReceiptHandle);
        if (one) one.hidden = false;
      }
      return {};
    },
    SendMessageBatchCommand: ({ Entries = [] }) => {
      if (sent.length > 1_000) throw new Error('It goes back and forth.');
      for (const { MessageBody = '' } of Entries) {
        sent.push(MessageBody);
        refuse(MessageBody);
      }
      return {};
    },
    DeleteMessageBatchCommand: ({ Entries = [] }) => {
      for (const { ReceiptHandle } of Entries)
        dead.splice(
          dead.findIndex(({ id }) => id === ReceiptHandle),
          1,
        );
      return {};
    },
  };
  const sqs = {
    send: async (command: Command) => answers[command.constructor.name]!(command.input),
  } as unknown as SQSClient;
  return { client: { sqs, queue: (id: string) => id } as ArchiveClient, dead, sent };
}

test.each([1, 9, 10, 11, 25])(
  'REDRIVE-4: of %i letters that are refused again at once, each goes back once',
  async (n) => {
    const { client, dead, sent } = refusing(n);
    const change = await redriving(client, 'CuratedClips', undefined);
    expect(change.count).toBe(n);
    expect(await change.apply()).toBe(n);
    expect(sent).toEqual(Array.from({ length: n }, (_, index) => `refused ${index + 1}`));
    expect(dead.filter(({ hidden }) => hidden)).toEqual([]);
    expect(dead).toHaveLength(n);
  },
);
