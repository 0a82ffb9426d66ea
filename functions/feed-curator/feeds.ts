import * as z from 'zod/mini';
import type { CuratedKind } from '../../curators/curated.ts';

export interface Feed {
  readonly kind: CuratedKind;
  /** http or https. */
  readonly url: string;
}

const addresses = z._default(z.array(z.url({ protocol: /^https?$/ })), []);
const feeds = z.strictObject({ episodes: addresses, clips: addresses });

/** @param json as the environment has it. @throws Error that says what was expected and what is wrong. */
export function feedsFrom(json: string): Feed[] {
  const expected = 'FEEDS: {"episodes": [addresses], "clips": [addresses]} with http or https addresses is expected';
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error(`${expected}, but what came is no JSON`);
  }
  const { success, data, error } = feeds.safeParse(value);
  if (!success) {
    const wrong = error.issues.map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    throw new Error(`${expected}, but ${wrong.join('; ')}`);
  }
  return (['episodes', 'clips'] as const).flatMap((kind) => data[kind].map((url) => ({ kind, url })));
}
