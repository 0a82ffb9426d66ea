import { bodyOf, parsePendingResearchItem } from '../../domain/messages.ts';
import type { CompletedQueue, DeadLetters, PendingQueue, ReceivedMessage } from '../../functions/ports.ts';
import { perfectClipToFind, perfectEpisode, perfectItem } from '../support/perfect-messages.ts';

export interface Queues {
  readonly pending: PendingQueue;
  readonly completed: CompletedQueue;
  readonly deadLetters: DeadLetters;
  /** Bodies that a researcher receives; up to 10, hidden from then on. */
  take(): Promise<string[]>;
  /** As a researcher sends a result. */
  report(body: string): Promise<void>;
  dead(): Promise<{ body: string; reason: string | undefined }[]>;
}

const lease = (n: number) => `0f8fad5b-d9cb-469f-a165-70867728${String(n).padStart(4, '0')}`;
const item = (n: number, body = `{"n":${n}}`) => ({ leaseId: lease(n), body });
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/**
 * What every implementation of the queues promises. Completed messages come again a second after they were received.
 *
 * @param secondDelete SQS takes the receipt of a message that is deleted already; MiniStack refuses it
 *   (findings/ministack-second-delete.sh), and the adapter tells of it
 */
export function queuesContract(
  fresh: () => Promise<Queues>,
  { secondDelete = 'taken' }: { readonly secondDelete?: 'taken' | 'refused' } = {},
): void {
  let queues: Queues;

  beforeEach(async () => {
    queues = await fresh();
  });

  async function takeAll(): Promise<string[]> {
    const taken: string[] = [];
    for (let bodies = await queues.take(); bodies.length > 0; bodies = await queues.take()) taken.push(...bodies);
    return taken;
  }

  /** Receives until the queue is empty, or has given so many. */
  async function receiveAll(most: number): Promise<ReceivedMessage[]> {
    const received: ReceivedMessage[] = [];
    while (received.length < most) {
      const messages = await queues.completed.receive();
      if (messages.length === 0) break;
      received.push(...messages);
    }
    return received;
  }

  describe('pending', () => {
    test('PENDING-1: a lease that is sent again comes once, with the body of the first sending', async () => {
      expect(await queues.pending.send([item(1)])).toEqual([]);
      expect(await queues.pending.send([item(1), item(1, '{"n":"again"}')])).toEqual([]);
      expect(await takeAll()).toEqual(['{"n":1}']);
      await queues.pending.send([item(1)]);
      expect(await takeAll()).toEqual([]);
    });

    test('PENDING-2: other leases come, even with the same body', async () => {
      await queues.pending.send([item(1, '{}'), item(2, '{}')]);
      expect(await takeAll()).toEqual(['{}', '{}']);
    });

    test('PENDING-3: one lease does not wait for another that is being worked on', async () => {
      await queues.pending.send([item(1)]);
      expect(await queues.take()).toEqual(['{"n":1}']);
      await queues.pending.send([item(2)]);
      expect(await queues.take()).toEqual(['{"n":2}']);
    });

    test('PENDING-4: more than ten at once all come, in whatever order: groups have none among each other', async () => {
      expect(await queues.pending.send(upTo(25).map((n) => item(n)))).toEqual([]);
      expect((await takeAll()).map((text) => JSON.parse(text).n).sort((a, b) => a - b)).toEqual(upTo(25));
    });

    test('PENDING-5: large ones that would not fit into one call all come', async () => {
      const body = (n: number) => JSON.stringify({ n, text: 'x'.repeat(400_000) });
      expect(await queues.pending.send(upTo(7).map((n) => item(n, body(n))))).toEqual([]);
      const taken = await takeAll();
      expect(taken.map((text) => JSON.parse(text).n).sort()).toEqual(upTo(7));
    });

    test('PENDING-6: nothing to send is no failure', async () => {
      expect(await queues.pending.send([])).toEqual([]);
      expect(await queues.pending.visible()).toBe(0);
    });

    test('PENDING-7: visible counts what nobody has taken', async () => {
      expect(await queues.pending.visible()).toBe(0);
      await queues.pending.send(upTo(3).map((n) => item(n)));
      expect(await queues.pending.visible()).toBe(3);
      await queues.take();
      expect(await queues.pending.visible()).toBe(0);
    });

    test('PENDING-8: characters that queues refuse come through, since bodies are ASCII', async () => {
      const odd = '\u0000\u0001\u000b\ufffe\uffff\u2028"\\ \u00e9 \u{1f600} \u{10ffff}';
      const sent = perfectItem({ clips: [perfectClipToFind({ title: odd })], episode: perfectEpisode({ title: odd }) });
      const body = bodyOf(sent);
      expect(body).toMatch(/^[\x20-\x7e]+$/);
      await queues.pending.send([{ leaseId: sent.leaseId, body }]);
      const [taken = ''] = await takeAll();
      expect(parsePendingResearchItem(taken)).toEqual(sent);
    });
  });

  describe('completed', () => {
    test('COMPLETED-1: an empty queue gives nothing', async () => {
      expect(await queues.completed.receive()).toEqual([]);
    });

    test('COMPLETED-2: a message has an id, a receipt, and the time at which the queue took it', async () => {
      const before = Date.now();
      await queues.report('{"a":1}');
      const after = Date.now();
      const [message, ...others] = await queues.completed.receive();
      expect(others).toEqual([]);
      expect(message).toEqual({
        id: expect.stringMatching(/./),
        body: '{"a":1}',
        receipt: expect.stringMatching(/./),
        sentAt: expect.any(Number),
      });
      expect(message?.sentAt).toBeGreaterThanOrEqual(before);
      expect(message?.sentAt).toBeLessThanOrEqual(after);
    });

    test('COMPLETED-3: no more than ten come at once, and none is left out', async () => {
      for (const n of upTo(12)) await queues.report(String(n));
      const first = await queues.completed.receive();
      expect(first.length).toBeLessThanOrEqual(10);
      await queues.completed.delete(first.map(({ receipt }) => receipt));
      const rest = await receiveAll(12 - first.length);
      const bodies = [...first, ...rest].map(({ body }) => Number(body));
      expect(bodies.sort((a, b) => a - b)).toEqual(upTo(12));
    });

    test('COMPLETED-4: what is deleted never comes again, more than ten at a time too', async () => {
      for (const n of upTo(12)) await queues.report(String(n));
      const received = await receiveAll(12);
      expect(await queues.completed.delete(received.map(({ receipt }) => receipt))).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      expect(await queues.completed.receive()).toEqual([]);
    });

    test('COMPLETED-5: what is not deleted comes again with the time of its sending, and another receipt', async () => {
      await queues.report('again');
      const [first] = await queues.completed.receive();
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      const [second] = await queues.completed.receive();
      expect(second).toMatchObject({ id: first?.id, body: 'again', sentAt: first?.sentAt });
      expect(second?.receipt).not.toBe(first?.receipt);
    });

    test('COMPLETED-6: deleting twice, or nothing, is no failure', async () => {
      await queues.report('once');
      const receipts = (await queues.completed.receive()).map(({ receipt }) => receipt);
      expect(await queues.completed.delete(receipts)).toEqual([]);
      expect(await queues.completed.delete(receipts)).toEqual(secondDelete === 'taken' ? [] : receipts);
      expect(await queues.completed.delete([])).toEqual([]);
    });
  });

  describe('dead letters', () => {
    test('DEAD-1: the body is kept as it came, with its reason', async () => {
      const bodies = ['no JSON', '{"title":"\u00e9\u{1f600}"}', ' \n\t', 'x'.repeat(1024 * 1024 - 8 * 1024)];
      for (const body of bodies) await queues.deadLetters.send(body, 'ClipInfo refused: title: must be text');
      const dead = await queues.dead();
      expect(dead.map(({ body }) => body).sort()).toEqual([...bodies].sort());
      for (const { reason } of dead) expect(reason).toBe('ClipInfo refused: title: must be text');
    });
  });
}
