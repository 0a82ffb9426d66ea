import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Truth } from '../test-set/truth.ts';

const truthSchema = z.object({
  episode: z.string(),
  clips: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      present: z.boolean(),
      variantOf: z.string().exactOptional(),
      shares: z.array(z.string()).exactOptional(),
    }),
  ),
  plays: z.array(
    z.object({
      clip: z.string(),
      offset: z.number(),
      class: z.string(),
      seconds: z.number().exactOptional(),
      overTalkDb: z.number().exactOptional(),
    }),
  ),
});

/** Reads truth.json of a set; whoever made it. Throws an Error that names the file and the fields that are wrong. */
export async function readTruth(folder: string): Promise<Truth> {
  const path = join(folder, 'truth.json');
  let json: unknown;
  try {
    // Some editors put a byte order mark before it.
    json = JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = truthSchema.safeParse(json);
  if (!parsed.success) throw new Error(`${path} is no truth of a test set:\n${z.prettifyError(parsed.error)}`);
  const ids = new Set(parsed.data.clips.map((clip) => clip.id));
  const stranger = parsed.data.plays.find((play) => !ids.has(play.clip));
  if (stranger !== undefined)
    throw new Error(`${path} has a play of the clip ${stranger.clip}, which it does not list`);
  return parsed.data;
}
