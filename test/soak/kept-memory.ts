import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/emulators/alone/free-port.ts';

/** What a process of Node.js holds after everything that nobody needs was collected, in MB. */
export interface KeptMemory {
  /** JavaScript's own, of the process and its threads. */
  readonly heap: number;
  /** What JavaScript holds outside of that: buffers, memory of WebAssembly. */
  readonly outside: number;
  /** Of the whole process, as the system sees it. */
  readonly resident: number;
}

/** Where Node listens for a debugger when it is asked by SIGUSR1: one process at a time. */
const FIRST_PORT = 9229;
const ANSWER_MS = 30_000;
const LOOK_MS = 50;

const USAGE = 'JSON.stringify(process.memoryUsage())';
/** Time for the first debugger to be gone: Node 24.21 may end by SIGSEGV when it stops listening beside an open session. */
const MOVE_MS = 300;
/** Where each process listens since it was first asked: each moves once, to a port of its own, and stays there. */
const ports = new Map<number, number>();

/**
 * Forces a full collection in a process and its threads, by the debugger that Node has built in, and measures what is left.
 * Not for one that was started this second: it would end by the signal that asks it.
 * @returns undefined when the process is gone, is none of Node.js, does not answer, or somebody else is debugged at that port
 */
export async function keptMemory(pid: number): Promise<KeptMemory | undefined> {
  let debugged: Debugged | undefined;
  try {
    if (basename(readlinkSync(`/proc/${pid}/exe`)) !== 'node') return undefined;
    if (!ports.has(pid)) await givePort(pid);
    debugged = await Debugged.open(pid, ports.get(pid));
    const own = await debugged.collected();
    const threads = await debugged.threadsCollected();
    const all = [own, ...threads];
    return {
      heap: mb(sum(all.map(({ heapUsed }) => heapUsed))),
      outside: mb(sum(all.map(({ external }) => external))),
      resident: mb(own.rss),
    };
  } catch {
    return undefined;
  } finally {
    await debugged?.end();
  }
}

/** Asks a process to listen for debuggers, at a port of its own from then on. */
async function givePort(pid: number): Promise<void> {
  await nobodyDebugged();
  process.kill(pid, 'SIGUSR1');
  const debugged = await Debugged.open(pid, FIRST_PORT);
  const port = await freePort();
  await debugged.move(port);
  await debugged.end();
  ports.set(pid, port);
  await sleep(2 * MOVE_MS);
}

/** Who is asked while the port is taken never listens there. */
async function nobodyDebugged(): Promise<void> {
  for (const until = performance.now() + ANSWER_MS; await debuggedNow(FIRST_PORT); await sleep(LOOK_MS)) {
    if (performance.now() > until) throw new Error('somebody else is debugged');
  }
}

const debuggedNow = (port: number): Promise<{ webSocketDebuggerUrl: string } | undefined> =>
  fetch(`http://127.0.0.1:${port}/json/list`).then(
    async (answer) => ((await answer.json()) as { webSocketDebuggerUrl: string }[])[0],
    () => undefined,
  );

interface Usage {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId: string; readonly message?: string };
  readonly result?: { readonly result?: { readonly value?: string } };
}

type Asking = (method: string, params: object) => Promise<Answer>;

/** A process that is debugged, by the protocol of Chrome's developer tools. */
class Debugged {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #threads: string[] = [];
  #asked = 0;

  static async open(pid: number, port = FIRST_PORT): Promise<Debugged> {
    for (const until = performance.now() + ANSWER_MS; performance.now() < until; await sleep(LOOK_MS)) {
      const target = await debuggedNow(port);
      if (!target) continue;
      const socket = new WebSocket(target.webSocketDebuggerUrl);
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      const debugged = new Debugged(socket);
      const { result } = await debugged.#ask('Runtime.evaluate', { expression: 'String(process.pid)' });
      if (result?.result?.value === String(pid)) return debugged;
      socket.close();
    }
    throw new Error(`process ${pid} is not debugged`);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)) as Answer);
  }

  collected(): Promise<Usage> {
    return collectedBy(this.#ask);
  }

  async threadsCollected(): Promise<Usage[]> {
    await this.#ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const usages: Usage[] = [];
    for (const thread of this.#threads)
      usages.push(await collectedBy((method, params) => this.#ask(method, params, thread)));
    await this.#ask('NodeWorker.disable', {});
    return usages;
  }

  /** The process listens at another port, soon after this session has ended. */
  async move(port: number): Promise<void> {
    const moved = `const inspector = process.getBuiltinModule('node:inspector'); inspector.close(); inspector.open(${port}, '127.0.0.1')`;
    await this.#ask('Runtime.evaluate', { expression: `void setTimeout(() => { ${moved}; }, ${MOVE_MS})` });
  }

  /** Ends the session; the process may be gone. */
  async end(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve));
    this.#socket.close();
    await Promise.race([closed, sleep(ANSWER_MS, undefined, { ref: false })]);
  }

  readonly #ask = async (method: string, params: object, thread = ''): Promise<Answer> => {
    const id = ++this.#asked;
    const message = { id, method, params };
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(`${thread} ${id}`, resolve));
    const outer = {
      id: ++this.#asked,
      method: 'NodeWorker.sendMessageToWorker',
      params: { sessionId: thread, message: JSON.stringify(message) },
    };
    this.#socket.send(JSON.stringify(thread === '' ? message : outer));
    return Promise.race([
      answered,
      sleep(ANSWER_MS, undefined, { ref: false }).then((): never => {
        throw new Error(`${method} was not answered`);
      }),
    ]);
  };

  #hear({ id, method, params, ...answer }: Answer, thread = ''): void {
    if (method === 'NodeWorker.attachedToWorker' && params) this.#threads.push(params.sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker' && params?.message)
      this.#hear(JSON.parse(params.message) as Answer, params.sessionId);
    if (id === undefined) return;
    this.#waiting.get(`${thread} ${id}`)?.(answer);
    this.#waiting.delete(`${thread} ${id}`);
  }
}

async function collectedBy(ask: Asking): Promise<Usage> {
  // What has a finaliser goes with the next collection.
  for (let n = 0; n < 2; n++) await ask('HeapProfiler.collectGarbage', {});
  const { result } = await ask('Runtime.evaluate', { expression: USAGE });
  return JSON.parse(result?.result?.value ?? '') as Usage;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const mb = (bytes: number): number => Math.round((bytes / 1024 ** 2) * 100) / 100;
