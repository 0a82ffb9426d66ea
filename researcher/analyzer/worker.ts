import { parentPort } from 'node:worker_threads';
import type { EpisodeMessage, WorkerTask } from './worker-messages.ts';
import { type AnswerSender, WorkerThread } from './worker-thread.ts';

/** Entry of an analysing thread. */
const port = parentPort;
if (port) {
  const send: AnswerSender = (answer) => port.postMessage(answer);
  const thread = new WorkerThread(send);
  port.on('message', (message: WorkerTask | EpisodeMessage) => {
    void thread.take(message);
  });
}
