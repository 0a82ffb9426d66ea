/** AssemblyScript, not TypeScript: what the inner loops share; see assembly.ts. */

/** Bytes of a vector. */
export const STEP: usize = 16;

export function laneSum(four: v128): f32 {
  return (
    f32x4.extract_lane(four, 0) +
    f32x4.extract_lane(four, 1) +
    (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
  );
}
