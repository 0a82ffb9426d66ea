import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

/** An emulator for one test file. */
export interface Running<Client> {
  readonly client: Client;
  readonly endpoint: string;
  stop(): void;
}

const BETWEEN_PROBES_MS = 200;

/**
 * Resolves when the emulator answers.
 * @param probe rejects as long as it does not
 * @param folder goes when the emulator is stopped
 * @throws what the last probe threw, after `probes` of them
 */
export async function running<Client extends { destroy(): void }>(
  { client, endpoint }: { readonly client: Client; readonly endpoint: string },
  child: ChildProcess,
  folder: string,
  probe: () => Promise<unknown>,
  probes: number,
): Promise<Running<Client>> {
  for (let attempt = 1; ; attempt++) {
    try {
      await probe();
      break;
    } catch (error) {
      if (attempt > probes) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_PROBES_MS));
    }
  }
  return {
    client,
    endpoint,
    stop: () => {
      client.destroy();
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
