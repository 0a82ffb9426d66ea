import type { CurationStore } from '../../../curators/curation-store.ts';

/** Remembers as long as it lives. */
export class InMemoryCurationStore implements CurationStore {
  readonly #memories = new Map<string, string>();

  async load(source: string): Promise<string | undefined> {
    return this.#memories.get(source);
  }

  async save(source: string, memory: string): Promise<void> {
    this.#memories.set(source, memory);
  }
}
