/**
 * Offsets in ascending order, each with its score; equal offsets stay, the lower score first. So one finding has one
 * form, in whatever order it was reported, and two findings can be compared.
 *
 * @param scores as many as offsets, or none.
 */
export function sortedOffsets(offsets: number[], scores: number[]): { offsets: number[]; scores: number[] } {
  const order = offsets.map((_, index) => index);
  order.sort((a, b) => offsets[a]! - offsets[b]! || (scores[a] ?? 0) - (scores[b] ?? 0));
  return {
    offsets: order.map((index) => offsets[index]!),
    scores: scores.length === 0 ? [] : order.map((index) => scores[index]!),
  };
}
