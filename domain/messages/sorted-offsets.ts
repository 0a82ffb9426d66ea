/**
 * Offsets in ascending order, and with each what the lists say of it; equal offsets stay, in the order of what
 * the lists say (the lower score first). So one
 * finding has one form, in whatever order it was reported, and two findings can be compared.
 *
 * @param lists each as long as the offsets, or empty.
 */
export function inOrder<Lists extends Readonly<Record<string, readonly number[]>>>(
  clipOffsets: readonly number[],
  lists: Lists,
): { clipOffsets: number[] } & { [Name in keyof Lists]: number[] } {
  const order = clipOffsets.map((_, index) => index);
  const keys = [clipOffsets, ...Object.values(lists)];
  order.sort((a, b) => keys.reduce((sign, key) => sign || (key[a] ?? 0) - (key[b] ?? 0), 0));
  const sorted = Object.entries(lists).map(([name, values]) => [
    name,
    values.length === 0 ? [] : order.map((index) => values[index]!),
  ]);
  return { clipOffsets: order.map((index) => clipOffsets[index]!), ...Object.fromEntries(sorted) };
}
