/** Floats in the memory of an engine. `data` may be another view after the engine allocated: never keep it. */
export interface FloatBlock {
  readonly length: number;
  readonly data: Float32Array;
  /** The same memory as 16-bit integers, twice as many. */
  readonly int16: Int16Array;
  /** As signed bytes, four times as many. */
  readonly bytes: Int8Array;
  /** And as 32-bit integers. */
  readonly int32: Int32Array;
}
