import * as z from 'zod';

const response = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The ids of the messages of a batch that failed, from what a function with partial batch responses returned. As on
 * Lambda, a response that cannot be understood, or that names a message which is not of the batch, fails all of it.
 * @param payload JSON that the function returned; null and {} mean that all succeeded.
 */
export function failedIds(payload: string, batchIds: readonly string[]): ReadonlySet<string> {
  const parsed = response.nullable().safeParse(JSON.parse(payload));
  if (!parsed.success) return new Set(batchIds);
  const failed = (parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
  return failed.every((id) => batchIds.includes(id)) ? new Set(failed) : new Set(batchIds);
}
